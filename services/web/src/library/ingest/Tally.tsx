// How many documents became of what, in figures.
import { Fact, Facts } from '../../parts/Facts';
import { ingest as say } from '../../strings/ingest';
import type { Counts } from '../types';

interface TallyProps {
  documents: Counts;
  passages: number;
  reviews: number;
  skipped?: number;
}

export function Tally({ documents, ...others }: TallyProps) {
  const figures = { ...documents, ...others };
  const names = ['added', 'updated', 'unchanged', 'rejected', 'passages', 'reviews', 'skipped'] as const;
  return (
    <Facts>
      {names.map((name) => {
        const figure = figures[name];
        return figure === undefined ? null : (
          <Fact key={name} name={say.counts[name]}>
            {say.report.count(figure)}
          </Fact>
        );
      })}
    </Facts>
  );
}
