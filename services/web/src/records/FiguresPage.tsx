// Numbers over time, for those who audit the service.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { getFigures } from '../api/calls';
import type { Figures } from '../api/types';
import { Button } from '../parts/Button';
import { Choice } from '../parts/Choice';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useTitle } from '../shell/useTitle';
import { records as say } from '../strings/records';
import { filled } from './periods';
import { Plots } from './Plots';
import { firstDay, type Range, rangeOf, ranges } from './range';
import styles from './Records.module.css';
import { Shares } from './Shares';
import { count, dayLong } from './words';

const options = ranges.map(({ name }) => ({ value: name, label: say.ranges[name] }));

/** The numbers, with what was asked for and when. */
interface Read {
  figures: Figures;
  from: string;
  at: number;
}

async function read(range: Range, signal: AbortSignal): Promise<Read> {
  const at = Date.now();
  const from = firstDay(range, at);
  return { figures: await getFigures({ from, days: range.each }, signal), from, at };
}

export function FiguresPage() {
  useTitle(say.title);
  const navigate = useNavigate();
  const range = rangeOf(useSearch({ from: '/audit/' }).days);
  const figures = useQuery({
    queryKey: ['figures', range.name],
    queryFn: ({ signal }) => read(range, signal),
  });
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      <Choice
        label={say.range}
        options={options}
        value={range.name}
        onChange={(days) => void navigate({ to: '/audit', search: { days }, replace: true, resetScroll: false })}
        isRow
      />
      {figures.isPending && <Skeleton lines={8} label={say.loading} />}
      {figures.isError && (
        <ProblemNotice
          title={say.failed}
          error={figures.error}
          actions={<Button onPress={() => void figures.refetch()}>{say.retry}</Button>}
        />
      )}
      {figures.isSuccess && <Told {...figures.data} />}
    </div>
  );
}

function Told({ figures, from, at }: Read) {
  const { periods, days } = figures;
  if (periods.length === 0) return <Notice title={say.empty}>{say.emptyDetail}</Notice>;
  const all = filled(periods, from, days, at);
  const [first, last] = [all[0], all.at(-1)];
  return (
    <>
      <Retracted times={figures.retracted_when_cited} />
      {first && last && <p className={styles.note}>{say.span(dayLong(first.day), dayLong(last.day), days)}</p>}
      <Plots periods={all} each={days} />
      <Shares figures={figures} />
    </>
  );
}

function Retracted({ times }: { times: number }) {
  const words = say.retracted;
  return (
    <section className={styles.retracted}>
      <h2>{words.title}</h2>
      {times === 0 ? (
        <Notice tone="good" title={words.none}>
          {words.noneDetail}
        </Notice>
      ) : (
        <Notice tone="stop" title={words.some(count(times), times === 1)} live="alert">
          {words.someDetail}
        </Notice>
      )}
    </section>
  );
}
