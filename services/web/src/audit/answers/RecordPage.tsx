// Everything on record about an answer.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { answerQuery } from '../../api/keys';
import { Refused } from '../../api/problem';
import type { Answer } from '../../api/types';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useTitle } from '../../shell/useTitle';
import { record as say } from '../../strings/record';
import { Answered } from './Answered';
import { type AnswerRecord, recordQuery } from './calls';
import { Entries } from './Entries';
import { FeedbackOf } from './FeedbackOf';
import { Keeping } from './Keeping';
import { Proof } from './Proof';
import styles from './Record.module.css';
import { RecordFacts } from './RecordFacts';
import { ReplayView } from './ReplayView';

export function RecordPage() {
  const { id } = useParams({ from: '/audit/answers/$id' });
  // What was proved or asked again of one answer is not of another.
  return <RecordOf key={id} id={id} />;
}

function RecordOf({ id }: { id: string }) {
  const found = useQuery(recordQuery(id));
  useTitle(found.data?.question == null ? say.title : say.titleOf(found.data.question));
  const isUnknown = found.error instanceof Refused && found.error.problem.code === 'unknown_answer';
  return (
    <div className={styles.page}>
      <p className={styles.back} data-no-print>
        <Link to="/audit/answers">{say.back}</Link>
      </p>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {found.isPending && <Skeleton lines={10} label={say.loading} />}
      {isUnknown && (
        <Notice tone="warn" title={say.unknown} live="alert">
          {say.unknownDetail}
        </Notice>
      )}
      {found.isError && !isUnknown && (
        <ProblemNotice
          title={say.failed}
          error={found.error}
          actions={<Button onPress={() => void found.refetch()}>{say.retry}</Button>}
        />
      )}
      {found.data && <Told record={found.data} onReread={() => void found.refetch()} />}
    </div>
  );
}

function Told({ record, onReread }: { record: AnswerRecord; onReread: () => void }) {
  const { id, question, status, mode, held, entries } = record;
  const isErased = question == null;
  const isGiven = mode != null;
  const answer = useQuery({ ...answerQuery(id), enabled: isGiven && !isErased });
  return (
    <>
      {isErased ? (
        <Notice tone="warn" title={say.erased}>
          {say.erasedDetail}
        </Notice>
      ) : (
        <>
          <h2 className={styles.small}>{say.question}</h2>
          <p className={styles.kept}>{question}</p>
        </>
      )}
      {held && <Notice title={say.heldNotice}>{say.heldDetail}</Notice>}
      {status == null && (
        <Notice title={say.inWork} actions={<Button size="s" onPress={onReread}>{say.again}</Button>}>
          {say.inWorkDetail}
        </Notice>
      )}
      {status != null && !isGiven && !isErased && <Notice title={say.notGiven}>{say.notGivenDetail}</Notice>}
      <RecordFacts record={record} />
      {isGiven && !isErased && (
        <>
          <section className={styles.section}>
            <h2>{say.answer.heading}</h2>
            {answer.isPending && <Skeleton lines={8} label={say.answer.loading} />}
            {answer.isError && (
              <ProblemNotice
                title={say.answer.failed}
                error={answer.error}
                actions={<Button onPress={() => void answer.refetch()}>{say.retry}</Button>}
              />
            )}
            {answer.data && <Answered answer={answer.data} />}
          </section>
          <FeedbackOf record={record} />
          {answer.data && <Checked answer={answer.data} record={record} />}
        </>
      )}
      <Entries entries={entries} />
      <Keeping record={record} />
    </>
  );
}

function Checked({ answer, record }: { answer: Answer; record: AnswerRecord }) {
  return (
    <>
      <Proof answer={answer} entries={record.entries} />
      <ReplayView id={record.id} />
    </>
  );
}
