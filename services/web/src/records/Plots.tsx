// The three plots: questions, support, time.
import { records as say } from '../strings/records';
import { Bars, type Part } from './Bars';
import { Lines } from './Lines';
import { openOf, shareOf } from './periods';
import { Plot, type Table } from './Plot';
import { ticks } from './ticks';
import type { Period } from './types';
import { count, dayLong, milliseconds, percent } from './words';

interface PlotsProps {
  /** Without holes, the earliest first. */
  periods: readonly Period[];
  /** Days of one period. */
  each: number;
}

export function Plots(props: PlotsProps) {
  return (
    <>
      <Outcomes {...props} />
      <Support {...props} />
      <Times {...props} />
    </>
  );
}

const daysOf = (periods: readonly Period[]) => periods.map(({ day }) => day);

function tableOf(
  { periods, each }: PlotsProps,
  columns: readonly string[],
  cellsOf: (period: Period, at: number) => string[],
): Table {
  const rows = periods.map((period, at) => ({ name: dayLong(period.day), cells: cellsOf(period, at) }));
  return { corner: say.firstDay(each), columns, rows };
}

function Outcomes({ periods, each }: PlotsProps) {
  const words = say.outcome;
  const parts: Part[] = [
    { name: words.answered, pattern: 'full', values: periods.map(({ answered }) => answered) },
    { name: words.abstained, pattern: 'hatched', values: periods.map(({ abstained }) => abstained) },
    { name: words.failed, pattern: 'crossed', values: periods.map(({ failed }) => failed) },
  ];
  // So that the parts come to the whole.
  const inconclusive = periods.map((period) => period.inconclusive);
  if (inconclusive.some((n) => n > 0)) parts.push({ name: words.inconclusive, pattern: 'dotted', values: inconclusive });
  const open = periods.map(openOf);
  if (open.some((n) => n > 0)) parts.push({ name: words.open, pattern: 'hollow', values: open });
  const last = periods.length - 1;
  const latest = periods[last];
  const columns = [words.all, ...parts.map(({ name }) => name), words.people];
  const table = tableOf({ periods, each }, columns, ({ questions, people }, at) => [
    count(questions),
    ...parts.map(({ values }) => count(values[at] ?? 0)),
    count(people),
  ]);
  const inWords = parts.map(({ name, values }) => `${name}: ${count(values[last] ?? 0)}`).join('; ');
  return (
    <Plot
      title={words.title}
      caption={words.caption(each)}
      latest={latest ? words.latest(dayLong(latest.day), count(latest.questions), inWords) : ''}
      table={table}
    >
      <Bars label={words.label(each)} days={daysOf(periods)} parts={parts} />
    </Plot>
  );
}

function Support({ periods, each }: PlotsProps) {
  const words = say.support;
  const latest = periods.findLast(({ statements }) => statements > 0);
  const table = tableOf({ periods, each }, [words.share, words.supported, words.statements], (period) => [
    percent(period.supported, period.statements),
    count(period.supported),
    count(period.statements),
  ]);
  const values = periods.map(({ supported, statements }) => shareOf(supported, statements));
  return (
    <Plot
      title={words.title}
      caption={words.caption(each)}
      latest={
        latest
          ? words.latest(dayLong(latest.day), percent(latest.supported, latest.statements), count(latest.statements))
          : words.none
      }
      table={table}
    >
      <Lines
        label={words.label(each)}
        days={daysOf(periods)}
        courses={[{ name: words.title, stroke: 'whole', values }]}
        ticks={[0, 25, 50, 75, 100]}
        write={(tick) => `${tick}\u00a0%`}
      />
    </Plot>
  );
}

function Times({ periods, each }: PlotsProps) {
  const words = say.time;
  const latest = periods.findLast((period) => period.p50_ms !== null);
  const p50 = periods.map((period) => period.p50_ms);
  const p99 = periods.map((period) => period.p99_ms);
  const most = Math.max(0, ...[...p50, ...p99].filter((ms) => ms !== null));
  return (
    <Plot
      title={words.title}
      caption={words.caption(each)}
      latest={
        latest
          ? words.latest(dayLong(latest.day), milliseconds(latest.p50_ms), milliseconds(latest.p99_ms))
          : words.none
      }
      table={tableOf({ periods, each }, [words.p50, words.p99], (period) => [
        milliseconds(period.p50_ms),
        milliseconds(period.p99_ms),
      ])}
    >
      <Lines
        label={words.label(each)}
        days={daysOf(periods)}
        courses={[
          { name: words.p50, stroke: 'whole', values: p50 },
          { name: words.p99, stroke: 'dashed', values: p99 },
        ]}
        ticks={ticks(most)}
        write={(tick) => words.ms(count(tick))}
      />
    </Plot>
  );
}
