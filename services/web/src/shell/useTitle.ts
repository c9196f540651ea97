// The title of the window.
import { useEffect } from 'react';
import { shell as words } from '../strings';

export function useTitle(name: string | null): void {
  useEffect(() => {
    document.title = name === null ? words.name : words.pageTitle(name);
    return () => {
      document.title = words.name;
    };
  }, [name]);
}
