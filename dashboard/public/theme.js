// Runs before the first paint, so that a dark page does not flash white. A file of its own: inline scripts are refused by the
// operator's content security policy.
(() => {
  try {
    const theme = localStorage.getItem("tendril-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage the system's theme is used.
  }
})();
