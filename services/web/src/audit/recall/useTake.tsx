// Taking a recall along, whole: as a file, or on paper.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { documentQuery } from '../../api/keys';
import { fileName, save } from '../../export/file';
import { count } from '../../records/words';
import { personOf } from '../../session/roles';
import { useSession } from '../../session/useSession';
import { recall } from '../../strings/recall';
import { gather } from '../gather';
import { useWork, type Work } from '../useWork';
import { getRecall, type Listed, type Wanted } from './calls';
import { recallCsv } from './recall';
import { RecallSheet } from './RecallSheet';
import { standingsOf } from './Standing';

const say = recall.take;

interface Taking extends Pick<Work, 'stop' | 'isWorking' | 'progress' | 'error'> {
  print: () => void;
  saveCsv: () => void;
  /** What was done, to be read aloud. */
  said: string;
  /** To be rendered somewhere: the sheet, while it is being printed. */
  sheet: ReactNode;
}

/** `shown` is the stretch on the page; where that is not all there is, the rest is read first. */
export function useTake(wanted: Wanted, shown: Listed | undefined, isWhole: boolean): Taking {
  const { session, mayAudit } = useSession();
  const held = useQuery(documentQuery(wanted.document, wanted.version)).data;
  const work = useWork();
  const [said, setSaid] = useState('');
  const [printed, setPrinted] = useState<Listed | null>(null);

  // The browser's own print command gets the sheet too, with the stretch that is on the page.
  useEffect(() => {
    if (!shown) return;
    const before = () => {
      if (document.querySelector('[data-print-sheet]') === null) flushSync(() => setPrinted(shown));
    };
    const after = () => setPrinted(null);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, [shown]);

  const take = (then: (whole: Listed, name: (extension: string) => string) => void) => {
    setSaid('');
    work.start(async (signal, tell) => {
      const whole =
        shown && isWhole
          ? shown
          : await gather(
              (before) => getRecall(wanted, before, signal),
              (n, { answers }) => tell(say.collecting(count(n), count(answers))),
            );
      // What is stopped in its last moment is not taken.
      signal.throwIfAborted();
      const title = ['recall', wanted.document, ...(wanted.version === null ? [] : [`v${wanted.version}`])].join(' ');
      then(whole, (extension) => fileName(title, whole.at, extension));
    });
  };

  return {
    print: () =>
      take((whole, name) => {
        const pageTitle = document.title;
        // Browsers name the PDF after the page.
        document.title = name('pdf').replace(/\.pdf$/, '');
        window.addEventListener('afterprint', () => (document.title = pageTitle), { once: true });
        flushSync(() => setPrinted(whole));
        window.print();
      }),
    saveCsv: () =>
      take((whole, name) => {
        save(name('csv'), 'text/csv', recallCsv(wanted, whole.listed, mayAudit));
        setSaid(say.saved(name('csv')));
      }),
    stop: work.stop,
    isWorking: work.isWorking,
    progress: work.progress,
    error: work.error,
    said,
    sheet: printed && (
      <RecallSheet
        wanted={wanted}
        document={held ? { title: held.title, issuer: held.issuer, standings: standingsOf(held, wanted) } : null}
        answers={printed.listed}
        all={printed.answers}
        people={printed.people}
        at={printed.at}
        by={session ? personOf(session) : ''}
        withQuestions={mayAudit}
      />
    ),
  };
}
