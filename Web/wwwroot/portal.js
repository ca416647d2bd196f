// What a page does without asking the server: stay signed in, copy, and say that the connection is lost.
(() => {
  const refreshEvery = 2 * 60 * 1000;

  const signIn = () => {
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`/sign-in?reason=ended&returnUrl=${back}`);
  };

  // Renews the cookie's tokens where little of their time is left. One at a time, however many ask.
  let refreshing = null;
  const refreshSession = () => refreshing ??= (async () => {
    try {
      const answer = await fetch('/session/refresh', { method: 'POST' });
      if (answer.status === 401) {
        signIn();
      }
    } catch {
      // Away for now; the next one will do.
    } finally {
      refreshing = null;
    }
  })();

  if ('signedIn' in document.body.dataset) {
    setInterval(refreshSession, refreshEvery);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refreshSession());
  }

  const copy = async text => {
    if (navigator.clipboard && isSecureContext) {
      await navigator.clipboard.writeText(text);
      return;
    }
    // A portal on plain http has no clipboard API.
    const area = Object.assign(document.createElement('textarea'), { value: text });
    area.style.cssText = 'position:fixed;opacity:0';
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  };

  document.addEventListener('click', async e => {
    const button = e.target.closest?.('[data-copy]');
    if (button) {
      await copy(button.dataset.copy);
      button.dataset.copied = '';
      setTimeout(() => delete button.dataset.copied, 1600);
    }
  });

  const dialog = document.getElementById('components-reconnect-modal');
  dialog?.addEventListener('components-reconnect-state-changed', e => {
    switch (e.detail.state) {
      case 'show':
        dialog.open || dialog.showModal();
        break;
      case 'hide':
        dialog.close();
        break;
      case 'rejected':
        // The portal was started again and knows nothing of this page any more.
        location.reload();
        break;
    }
  });
  dialog?.addEventListener('cancel', e => e.preventDefault());
  document.getElementById('reconnect-retry')?.addEventListener('click', async () => {
    try {
      if (!await Blazor.reconnect()) {
        location.reload();
      }
    } catch {
      // Still away: the dialog stays.
    }
  });

  window.slipway = { refreshSession };
})();
