// Sets the remembered theme before the first paint. A file of its own, because a module would run after it.
try {
  const theme = localStorage.getItem('osler.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is then followed.
}
