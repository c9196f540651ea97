// Who saw answers that rest on a document.
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { ExportIcon, PrintIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useArrival } from '../../parts/useArrival';
import { count } from '../../records/words';
import { useTitle } from '../../shell/useTitle';
import { recall as say } from '../../strings/recall';
import { timeUtc } from '../../text/times';
import { recallQuery, type Wanted } from './calls';
import { wantedOf, wholeNumber } from './recall';
import styles from './Recall.module.css';
import { RecallForm } from './RecallForm';
import { RecallList } from './RecallList';
import { Standing } from './Standing';
import { useTake } from './useTake';

export function RecallPage() {
  useTitle(say.title);
  const search = useSearch({ from: '/audit/recall' });
  const wanted = wantedOf(search);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      <RecallForm wanted={wanted} />
      {wanted && (
        <>
          <Standing wanted={wanted} />
          <Answers key={`${wanted.document} ${wanted.version}`} wanted={wanted} before={wholeNumber(search.before)} />
        </>
      )}
    </div>
  );
}

function Answers({ wanted, before }: { wanted: Wanted; before: number | null }) {
  const heading = useArrival(String(before));
  const answers = useQuery(recallQuery(wanted, before));
  const { data } = answers;
  const isWhole = before === null && data?.next == null;
  const taking = useTake(wanted, data, isWhole);
  return (
    <section className={styles.section}>
      <h2 ref={heading} tabIndex={-1}>
        {say.list.heading}
      </h2>
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="status" className={styles.counts}>
        {data && say.list.summary(count(data.answers), count(data.people))}
      </p>
      {answers.isPending && <Skeleton lines={6} label={say.list.loading} />}
      {answers.isError && (
        <ProblemNotice
          title={say.list.failed}
          error={answers.error}
          actions={<Button onPress={() => void answers.refetch()}>{say.list.retry}</Button>}
        />
      )}
      {data && (
        <>
          <p className={styles.note}>{say.list.at(timeUtc(data.at, true))}</p>
          <Tools taking={taking} />
          {data.answers === 0 ? (
            <Notice title={say.list.none}>{say.list.noneDetail}</Notice>
          ) : (
            <RecallList wanted={wanted} listed={data} isFirst={before === null} />
          )}
        </>
      )}
      {taking.sheet}
    </section>
  );
}

function Tools({ taking }: { taking: ReturnType<typeof useTake> }) {
  const words = say.take;
  return (
    <div className={styles.tools} data-no-print>
      {taking.isWorking ? (
        <Button onPress={taking.stop}>{words.stop}</Button>
      ) : (
        <>
          <Button icon={<PrintIcon size={16} />} onPress={taking.print}>
            {words.print}
          </Button>
          <Button icon={<ExportIcon size={16} />} onPress={taking.saveCsv}>
            {words.csv}
          </Button>
        </>
      )}
      <span role="status" className={styles.note}>
        {taking.isWorking ? taking.progress : taking.said}
      </span>
      {taking.error && <ProblemNotice title={words.failed} error={taking.error} />}
    </div>
  );
}
