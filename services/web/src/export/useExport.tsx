// What can be done with answers outside these pages, and how it went.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { Answer } from '../api/types';
import { exporting as say } from '../strings/export';
import { copyText } from './clipboard';
import { fileName, save } from './file';
import { json } from './json';
import { markdown } from './markdown';
import { PrintSheet } from './PrintSheet';
import { plainText } from './text';

export interface Exporting {
  copy: () => void;
  print: () => void;
  saveMarkdown: () => void;
  saveJson: () => void;
  /** What was done, to be read aloud; empty when nothing was or a while ago. */
  said: string;
  /** To be rendered somewhere: the sheet, while it is being printed. */
  sheet: ReactNode;
}

const SAID_FOR_MS = 5000;

export function useExport(answers: readonly Answer[], title: string): Exporting {
  const [said, setSaid] = useState('');
  const [printedAt, setPrintedAt] = useState<string | null>(null);
  const timer = useRef(0);

  useEffect(() => () => clearTimeout(timer.current), []);

  const tell = (words: string) => {
    setSaid(words);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setSaid(''), SAID_FOR_MS);
  };

  const saveAs = (extension: string, type: string, text: (exportedAt: string) => string) => {
    const now = new Date().toISOString();
    const name = fileName(title, now, extension);
    save(name, type, text(now));
    tell(say.menu.saved(name));
  };

  return {
    copy: () => {
      const text = plainText(answers, { title, exportedAt: new Date().toISOString() });
      void copyText(text).then((isCopied) => tell(isCopied ? say.menu.copied : say.menu.copyFailed));
    },
    print: () => {
      const now = new Date().toISOString();
      const pageTitle = document.title;
      // Browsers name the PDF after the page.
      document.title = fileName(title, now, 'pdf').replace(/\.pdf$/, '');
      const done = () => {
        document.title = pageTitle;
        setPrintedAt(null);
      };
      window.addEventListener('afterprint', done, { once: true });
      flushSync(() => setPrintedAt(now));
      window.print();
    },
    saveMarkdown: () => saveAs('md', 'text/markdown', (exportedAt) => markdown(answers, { title, exportedAt })),
    saveJson: () => saveAs('json', 'application/json', (exportedAt) => json(answers, { title, exportedAt })),
    said,
    sheet: printedAt !== null && <PrintSheet answers={answers} title={title} exportedAt={printedAt} />,
  };
}
