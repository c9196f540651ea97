// Light, dark, or as the system has it; remembered on this device. `public/theme.js` sets it before the first paint.
import { useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'osler.theme';

function remembered(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(remembered);
  const change = (chosen: Theme) => {
    if (chosen === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = chosen;
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // Storage may be forbidden; the theme then holds until the page is closed.
    }
    setTheme(chosen);
  };
  return [theme, change];
}
