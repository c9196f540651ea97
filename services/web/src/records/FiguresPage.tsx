// Numbers over time, for those who audit the service, and above them what is wrong with them.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { corporaQuery } from '../api/keys';
import { Button } from '../parts/Button';
import { Choice } from '../parts/Choice';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useSession } from '../session/useSession';
import { useTitle } from '../shell/useTitle';
import { records as say } from '../strings/records';
import { Alarms } from './Alarms';
import { everything, figuresQuery, type Narrowing, type Read } from './calls';
import { Narrow, Narrowed, type Words } from './Narrow';
import { filled } from './periods';
import { Plots } from './Plots';
import { rangeOf, ranges } from './range';
import styles from './Records.module.css';
import { Shares } from './Shares';
import { count, dayLong } from './words';

const options = ranges.map(({ name }) => ({ value: name, label: say.ranges[name] }));

export function FiguresPage() {
  useTitle(say.title);
  const navigate = useNavigate();
  const { mayAudit } = useSession();
  const search = useSearch({ from: '/audit/' });
  const range = rangeOf(search.days);
  const narrowing: Narrowing = { corpus: search.corpus || null, model: search.model || null };
  const isNarrow = narrowing.corpus !== null || narrowing.model !== null;
  const figures = useQuery(figuresQuery(range, narrowing));
  // The same, if they are not narrowed.
  const all = useQuery(figuresQuery(range, everything)).data?.figures;
  const corpora = useQuery({ ...corporaQuery, enabled: mayAudit });
  const titles: Words = Object.fromEntries((corpora.data ?? []).map(({ id, title }) => [id, title]));
  const go = (days: string | undefined, { corpus, model }: Narrowing) => {
    const wanted = {
      ...(days === undefined ? {} : { days }),
      ...(corpus === null ? {} : { corpus }),
      ...(model === null ? {} : { model }),
    };
    void navigate({ to: '/audit', search: wanted, replace: true, resetScroll: false });
  };
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      <Alarms statuses={all?.statuses ?? []} />
      <Choice
        label={say.range}
        options={options}
        value={range.name}
        onChange={(days) => go(days, narrowing)}
        isRow
      />
      <Narrow narrowing={narrowing} titles={titles} all={all} onChange={(wanted) => go(search.days, wanted)} />
      <Narrowed narrowing={narrowing} titles={titles} figures={figures.data?.figures} days={search.days} />
      {figures.isPending && <Skeleton lines={8} label={say.loading} />}
      {figures.isError && (
        <ProblemNotice
          title={say.failed}
          error={figures.error}
          actions={<Button onPress={() => void figures.refetch()}>{say.retry}</Button>}
        />
      )}
      {figures.isSuccess && <Told {...figures.data} titles={titles} isNarrow={isNarrow} />}
    </div>
  );
}

interface ToldProps extends Read {
  titles: Words;
  isNarrow: boolean;
}

function Told({ figures, from, at, titles, isNarrow }: ToldProps) {
  const { periods, days } = figures;
  if (periods.length === 0) {
    const { empty, emptyDetail } = isNarrow ? say.narrow : say;
    return <Notice title={empty}>{emptyDetail}</Notice>;
  }
  const all = filled(periods, from, days, at);
  const [first, last] = [all[0], all.at(-1)];
  return (
    <>
      <Retracted times={figures.retracted_when_cited} isNarrow={isNarrow} />
      {first && last && <p className={styles.note}>{say.span(dayLong(first.day), dayLong(last.day), days)}</p>}
      <Plots periods={all} each={days} />
      <Shares figures={figures} titles={titles} />
    </>
  );
}

function Retracted({ times, isNarrow }: { times: number; isNarrow: boolean }) {
  const words = say.retracted;
  return (
    <section className={styles.retracted}>
      <h2>{words.title}</h2>
      {times === 0 ? (
        <Notice tone="good" title={words.none}>
          {isNarrow ? words.noneOfThese : words.noneDetail}
        </Notice>
      ) : (
        <Notice tone="stop" title={words.some(count(times), times === 1)} live="alert">
          {words.someDetail}
        </Notice>
      )}
    </section>
  );
}
