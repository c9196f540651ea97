// The browser's own print command gets the sheet too: printed as it stands, the page would leave its references behind.
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Answer } from '../api/types';
import { PrintSheet } from './PrintSheet';

export function PrintOnRequest({ answers, title }: { answers: readonly Answer[]; title: string }) {
  const [printedAt, setPrintedAt] = useState<string | null>(null);
  const isEmpty = answers.length === 0;

  useEffect(() => {
    if (isEmpty) return;
    const before = () => {
      // A menu is printing a sheet of its own.
      if (document.querySelector('[data-print-sheet]') !== null) return;
      flushSync(() => setPrintedAt(new Date().toISOString()));
    };
    const after = () => setPrintedAt(null);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, [isEmpty]);

  return printedAt !== null && <PrintSheet answers={answers} title={title} exportedAt={printedAt} />;
}
