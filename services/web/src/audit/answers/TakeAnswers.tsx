// What was found, to be taken along.
import { save } from '../../export/file';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { ExportIcon } from '../../parts/icons';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { count } from '../../records/words';
import { answersFound } from '../../strings/answersFound';
import { log } from '../../strings/log';
import { useWork } from '../useWork';
import styles from './Answers.module.css';
import type { FoundAnswer } from './calls';
import type { Filters } from './filters';
import { MOST_BUNDLED, tableOf, takeBundle } from './take';

const say = answersFound.take;
const icon = <ExportIcon size={16} />;

interface TakeAnswersProps {
  filters: Filters;
  /** Those on the page. */
  shown: readonly FoundAnswer[];
}

export function TakeAnswers({ filters, shown }: TakeAnswersProps) {
  const work = useWork();
  const [said, setSaid] = useState('');
  const bundle = () => {
    setSaid('');
    work.start(async (signal, tell) => {
      const { name, receipts, without, unsigned } = await takeBundle(filters, signal, tell);
      const more = [without > 0 && log.bundle.without(count(without)), unsigned && log.bundle.unsigned(unsigned)];
      setSaid([say.savedBundle(name, count(receipts)), ...more].filter(Boolean).join(' '));
    });
  };
  const table = () => {
    const name = `osler-answers-${new Date().toISOString().slice(0, 10)}.csv`;
    save(name, 'text/csv', tableOf(shown));
    setSaid(say.saved(name));
  };
  return (
    <section className={styles.section} data-no-print>
      <h2>{say.heading}</h2>
      <p className={styles.lead}>{say.bundleLead(count(MOST_BUNDLED))}</p>
      <p className={styles.tools}>
        {work.isWorking ? (
          <Button onPress={work.stop}>{say.stop}</Button>
        ) : (
          <Button icon={icon} onPress={bundle}>
            {say.bundle}
          </Button>
        )}
        <Button look="quiet" icon={icon} onPress={table}>
          {say.csv}
        </Button>
      </p>
      <p role="status" className={styles.note}>
        {work.isWorking ? work.progress : said}
      </p>
      {work.error && <ProblemNotice title={say.failed} error={work.error} />}
    </section>
  );
}
