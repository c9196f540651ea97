// Checks in the browser that the entries on the page stand in the log as it is now.
import { useMutation } from '@tanstack/react-query';
import { Button } from '../../parts/Button';
import { Notice, type Tone } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { count } from '../../records/words';
import { record } from '../../strings/record';
import type { LogEntry } from '../log/calls';
import { spelled } from '../proof/entry';
import { checkInLog, type InLog as Found } from '../proof/inlog';
import type { Verdict } from '../proof/verify';
import { readLog } from './calls';
import styles from './Record.module.css';
import { useBelieved } from './useBelieved';

const say = record.entries;

export function InLog({ entries }: { entries: readonly LogEntry[] }) {
  const believed = useBelieved();
  const checking = useMutation({
    mutationFn: async () => checkInLog(entries.map(spelled), await readLog(), believed ?? []),
    retry: false,
  });
  const { data, isPending } = checking;
  const check = () => {
    if (!isPending && believed) checking.mutate();
  };
  return (
    <>
      <p className={styles.tools}>
        <Button size="s" onPress={check}>
          {isPending ? say.checking : say.check}
        </Button>
      </p>
      <div role="status">{data && !isPending && <Told found={data} all={entries.length} />}</div>
      {checking.isError && <ProblemNotice title={say.checkFailed} error={checking.error} />}
    </>
  );
}

const tones: Record<Verdict, Tone> = { proved: 'good', consistent: 'info', unsigned: 'warn', unable: 'warn', fails: 'stop' };

function Told({ found: { verdict, size, detail }, all }: { found: Found; all: number }) {
  const titles: Record<Verdict, string> = {
    proved: say.holds(count(all), count(size)),
    consistent: say.holds(count(all), count(size)),
    unsigned: say.unsigned,
    unable: record.proof.verdicts.unable.title,
    fails: say.fails,
  };
  const meaning = verdict === 'proved' ? say.holdsDetail : verdict === 'consistent' ? say.holdsOwn : detail;
  return (
    <Notice tone={tones[verdict]} title={titles[verdict]}>
      {meaning}
    </Notice>
  );
}
