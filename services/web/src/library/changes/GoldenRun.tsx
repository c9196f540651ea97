// Asking the golden questions now, and which answers would change.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Disclosure } from '../../parts/Disclosure';
import { Notice } from '../../parts/Notice';
import { ProblemNotice, sentence } from '../../parts/ProblemNotice';
import { Progress } from '../../parts/Progress';
import { VisuallyHidden } from '../../parts/VisuallyHidden';
import { changes } from '../../strings/changes';
import { askStaged } from '../calls';
import styles from '../Desk.module.css';
import type { Staged, StagedAnswers } from '../types';
import own from './Changes.module.css';
import { Compared } from './Compared';
import { askAll, type Asked } from './golden';

const say = changes.golden;

interface GoldenRunProps {
  questions: readonly string[];
  staged: Staged;
}

/** What was asked, of what was staged by then. */
interface Run {
  questions: readonly string[];
  hash: string;
}

export function GoldenRun({ questions, staged }: GoldenRunProps) {
  const [run, setRun] = useState<Run | null>(null);
  const [asked, setAsked] = useState<Asked[]>([]);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const asking = useMutation({
    mutationFn: async (these: readonly string[]) => {
      const controller = new AbortController();
      stop.current = controller;
      await askAll(these, askStaged, (one) => setAsked((all) => [...all, one]), controller.signal);
      return !controller.signal.aborted;
    },
    retry: false,
  });
  const begin = (these: readonly string[], kept: Asked[]) => {
    if (asking.isPending) return;
    setAsked(kept);
    setRun({ questions: [...kept.map(({ question }) => question), ...these], hash: staged.record_hash });
    asking.mutate(these);
  };

  if (staged.changes.length === 0) return <p className={styles.note}>{say.nothingStaged}</p>;
  const of = run?.questions.length ?? 0;
  const changed = asked.flatMap((one) => ('answers' in one && one.answers.is_changed ? [one.answers] : []));
  const failures = asked.flatMap((one) => ('error' in one ? [one] : []));
  const away = new Set(asked.flatMap((one) => ('answers' in one ? (one.answers.missing ?? []) : [])));
  const same = asked.length - changed.length - failures.length;

  return (
    <div className={styles.stack}>
      {asking.isPending ? (
        <>
          <Progress label={say.progress} value={of === 0 ? null : asked.length / of} text={say.asked(asked.length, of)} />
          <span>
            <Button onPress={() => stop.current?.abort()}>{say.stop}</Button>
          </span>
        </>
      ) : (
        <span>
          <Button onPress={() => begin(questions, [])}>{run === null ? say.ask : say.askAgain}</Button>
        </span>
      )}
      <p role="status" className={own.outcome}>
        {asking.isPending && <VisuallyHidden>{say.begun(of)}</VisuallyHidden>}
        {asking.isSuccess && (asking.data ? say.over(changed.length, of) : say.stopped(asked.length, of))}
      </p>
      {asking.isError && <ProblemNotice title={say.broken} error={asking.error} />}
      {run !== null && run.hash !== staged.record_hash && (
        <Notice tone="warn" title={say.stale} live="status">
          {say.staleDetail}
        </Notice>
      )}
      {away.size > 0 && (
        <Notice tone="warn" title={say.away} live="status">
          {[...away].map(sentence).join(' ')} {say.awayDetail}
        </Notice>
      )}
      <Differences changed={changed} />
      {same > 0 && <p>{say.same(same)}</p>}
      {failures.length > 0 && (
        <div>
          <h3>{say.failures(failures.length)}</h3>
          <ul className={own.rows}>
            {failures.map(({ question, error }) => (
              <li key={question}>
                <span className={styles.title}>{question}</span>
                <p className={styles.quiet}>{sentence(error.message)}</p>
              </li>
            ))}
          </ul>
          {!asking.isPending && (
            <Button
              size="s"
              onPress={() => begin(failures.map(({ question }) => question), asked.filter((one) => 'answers' in one))}
            >
              {say.askFailed}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** All that are open are in the page; so many golden questions never change at once that this would be slow. */
function Differences({ changed }: { changed: readonly StagedAnswers[] }) {
  if (changed.length === 0) return null;
  return (
    <div>
      <h3>{say.changes(changed.length)}</h3>
      <p className={styles.note}>{say.marks}</p>
      {changed.map((one) => (
        <div key={one.question} className={own.difference}>
          <Disclosure level={4} title={one.question} isOpenAtFirst={changed.length === 1}>
            <Compared answers={one} />
          </Disclosure>
        </div>
      ))}
    </div>
  );
}
