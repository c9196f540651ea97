// An answer: what must be known before it is read, the statements, what is open or disputed, and where it comes from.
import { lazy, Suspense, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { Answer } from '../api/types';
import { Notice } from '../parts/Notice';
import { sentence } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { answer as words } from '../strings';
import { Abstention } from './Abstention';
import { AnswerFoot } from './AnswerFoot';
import styles from './AnswerView.module.css';
import { Conflicts } from './Conflicts';
import { EvidenceList } from './EvidenceList';
import { Since } from './Since';
import { StatementView } from './StatementView';
import { Unknowns } from './Unknowns';

const PlainView = lazy(() => import('./PlainView').then((room) => ({ default: room.PlainView })));
const DifferentialView = lazy(() => import('./DifferentialView').then((room) => ({ default: room.DifferentialView })));

const views = ['answer', 'plain', 'differential'] as const;

interface AnswerViewProps {
  answer: Answer;
  /** What was said of the patient, where this page still knows it. */
  known?: string | null;
  /** It was given before, and may no longer stand as it did. */
  isKept?: boolean;
}

export function AnswerView({ answer, known = null, isKept = false }: AnswerViewProps) {
  const [view, setView] = useState<(typeof views)[number]>('answer');
  const isAnswered = answer.statements.length > 0;
  if (!isAnswered) return <Main answer={answer} known={known} />;
  const tabs = (
    <Tabs
      className={styles.tabs ?? ''}
      selectedKey={view}
      onSelectionChange={(key) => {
        setView(key as typeof view);
      }}
    >
      <TabList aria-label={words.views.label} className={styles.tabList ?? ''} data-no-print>
        {views.map((one) => (
          <Tab key={one} id={one} className={styles.tab ?? ''}>
            {words.views[one]}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="answer" className={styles.panel ?? ''}>
        <Main answer={answer} known={known} />
      </TabPanel>
      <TabPanel id="plain" className={styles.panel ?? ''}>
        <Suspense fallback={<Skeleton />}>
          <PlainView answer={answer} />
        </Suspense>
      </TabPanel>
      <TabPanel id="differential" className={styles.panel ?? ''}>
        <Suspense fallback={<Skeleton />}>
          <DifferentialView answer={answer} />
        </Suspense>
      </TabPanel>
    </Tabs>
  );
  if (!isKept) return tabs;
  return (
    <>
      <Since answer={answer} />
      {tabs}
    </>
  );
}

function Main({ answer, known }: { answer: Answer; known: string | null }) {
  return (
    <div className={styles.main}>
      <StatusNotice answer={answer} />
      <Conflicts answer={answer} />
      {answer.statements.length > 0 && (
        <ol className={styles.statements} aria-label={words.statements}>
          {answer.statements.map((statement, at) => (
            // A recorded answer never changes, so places are names.
            <StatementView key={at} statement={statement} place={at + 1} answer={answer} recorded={answer} />
          ))}
        </ol>
      )}
      <Abstention answer={answer} />
      <Unknowns answer={answer} known={known} />
      {answer.statements.length > 0 && <EvidenceList answer={answer} />}
      <AnswerFoot answer={answer} />
    </div>
  );
}

/** Why this is not simply an answer; where there is none, `Abstention` says so. */
function StatusNotice({ answer }: { answer: Answer }) {
  const { status, reason } = answer;
  if (status === 'answered' || status === 'no_evidence') return null;
  const shown = words.statuses[status];
  const tone = status === 'extractive' || status === 'refused_scope' ? 'info' : 'warn';
  return (
    <Notice tone={tone} title={shown.title}>
      <p>
        {reason && sentence(reason)} {shown.meaning}
      </p>
    </Notice>
  );
}
