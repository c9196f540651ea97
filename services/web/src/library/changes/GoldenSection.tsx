// The golden questions: the list, and asking them of what is staged.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from '../../parts/Button';
import { Disclosure } from '../../parts/Disclosure';
import { LongList } from '../../parts/LongList';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { useSession } from '../../session/useSession';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { goldenQuery } from '../queries';
import type { Golden, Staged } from '../types';
import { useSaid } from '../useSaid';
import { GoldenDialog } from './GoldenDialog';
import { GoldenRun } from './GoldenRun';

const say = changes.golden;

export function GoldenSection({ staged }: { staged: Staged | null }) {
  const golden = useQuery(goldenQuery);
  return (
    <section className={styles.section} aria-labelledby="golden">
      <h2 id="golden">{say.title}</h2>
      <p className={styles.lead}>{say.lead}</p>
      {golden.isPending && <Skeleton lines={3} />}
      {golden.isError && (
        <ProblemNotice
          title={say.failed}
          error={golden.error}
          actions={<Button onPress={() => void golden.refetch()}>{act.retry}</Button>}
        />
      )}
      {golden.isSuccess && <Questions golden={golden.data} staged={staged} />}
    </section>
  );
}

const itself = (question: string) => question;

function Questions({ golden, staged }: { golden: Golden; staged: Staged | null }) {
  const { mayCurate, mayPublish } = useSession();
  const [isEditing, setEditing] = useState(false);
  const [said, setSaid] = useSaid();
  const { changed_at, changed_by } = golden;
  const questions = useMemo(() => [...new Set(golden.questions)], [golden.questions]);
  return (
    <div className={styles.stack}>
      {questions.length === 0 ? (
        <Notice title={say.none}>{say.noneDetail}</Notice>
      ) : (
        <div>
          <p>{say.count(questions.length)}</p>
          {changed_at !== null && changed_by !== null && (
            <p className={styles.note}>
              {say.changed(nameOf(changed_by))} <Time at={changed_at} />
            </p>
          )}
          <Disclosure title={say.show}>
            <LongList label={say.show} items={questions} keyOf={itself} textOf={itself}>
              {(question) => <span className={styles.title}>{question}</span>}
            </LongList>
          </Disclosure>
        </div>
      )}
      <p role="status" className={styles.said}>
        {said}
      </p>
      {mayCurate && (
        <span>
          <Button onPress={() => setEditing(true)}>{say.edit}</Button>
        </span>
      )}
      {questions.length > 0 && staged !== null && (mayCurate || mayPublish) && (
        <GoldenRun questions={questions} staged={staged} />
      )}
      {questions.length > 0 && !mayCurate && !mayPublish && <p className={styles.note}>{say.mayNot}</p>}
      {isEditing && (
        <GoldenDialog
          questions={questions}
          onDone={(saved) => {
            setEditing(false);
            setSaid(say.dialog.saved(saved));
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </div>
  );
}
