import { useEffect, useState } from 'react';

export type Theme = 'light' | 'dark';

const kept = 'console-theme';

function chosenBefore(): Theme | undefined {
  const theme = localStorage.getItem(kept);
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

/** The theme: the system's, until the reader chooses one, which this browser keeps. */
export function useTheme(): { readonly theme: Theme; readonly toggle: () => void } {
  const [chosen, setChosen] = useState(chosenBefore);
  const [systemIsDark, setSystemIsDark] = useState(() => darkSystem().matches);
  useEffect(() => {
    const system = darkSystem();
    const follow = () => setSystemIsDark(system.matches);
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, []);
  useEffect(() => {
    const root = document.documentElement;
    if (chosen) root.dataset['theme'] = chosen;
    else delete root.dataset['theme'];
  }, [chosen]);
  const theme = chosen ?? (systemIsDark ? 'dark' : 'light');
  const toggle = () => {
    const next = theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem(kept, next);
    setChosen(next);
  };
  return { theme, toggle };
}

function darkSystem(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}
