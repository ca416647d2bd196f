// Runs before the first paint.

// The theme. What was chosen is kept in this browser; "system" follows the system as it changes.
(() => {
  const key = 'slipway-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');

  const chosen = () => {
    try {
      return localStorage.getItem(key) ?? 'system';
    } catch {
      return 'system';
    }
  };

  const apply = () => {
    const choice = chosen();
    root.dataset.chosenTheme = choice;
    root.dataset.theme = choice === 'dark' || (choice === 'system' && system.matches) ? 'dark' : 'light';
  };

  apply();
  system.addEventListener('change', apply);
  addEventListener('storage', e => e.key === key && apply());
  document.addEventListener('click', e => {
    const choice = e.target.closest?.('[data-theme-choice]')?.dataset.themeChoice;
    if (choice) {
      try {
        localStorage.setItem(key, choice);
      } catch {
        // Kept for this page alone.
      }
      apply();
    }
  });
})();

// A page that comes up whole. A browser drops what it is just fetching when a network interface comes or goes, and on a machine
// that runs its own cluster that happens whenever a pod starts: what was dropped is fetched again.
(() => {
  const tries = 3;
  const comesUpIn = 10_000;

  const fetchAgain = failed => {
    const times = Number(failed.dataset.tries ?? 0) + 1;
    if (times > tries) {
      return;
    }
    // A copy made by cloneNode would count as run already.
    const fresh = document.createElement(failed.localName);
    for (const { name, value } of failed.attributes) {
      fresh.setAttribute(name, value);
    }
    fresh.dataset.tries = times;
    setTimeout(() => failed.replaceWith(fresh), 200 * times);
  };

  addEventListener('error', e => (e.target instanceof HTMLScriptElement || e.target instanceof HTMLLinkElement) && fetchAgain(e.target), true);

  addEventListener('load', () => setTimeout(() => {
    const dead = document.getElementById('boot') && !document.querySelector('.mud-layout');
    const times = Number(sessionStorage.getItem('slipway-again') ?? 0) + 1;
    if (!dead) {
      sessionStorage.removeItem('slipway-again');
    } else if (times <= tries) {
      sessionStorage.setItem('slipway-again', times);
      location.reload();
    }
  }, comesUpIn));
})();
