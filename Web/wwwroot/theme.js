// Runs before the first paint. What was chosen is kept in this browser; "system" follows the system as it changes.
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
