// The receipt of an answer, taken and checked in the browser.
import { useMutation, useQuery } from '@tanstack/react-query';
import { saveBlob } from '../../export/file';
import type { Answer } from '../../api/types';
import { Button } from '../../parts/Button';
import { Copyable } from '../../parts/Copyable';
import { ExportIcon } from '../../parts/icons';
import { Notice, type Tone } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { record } from '../../strings/record';
import type { LogEntry } from '../log/calls';
import type { Bytes } from '../proof/bytes';
import { spelled } from '../proof/entry';
import type { Key } from '../proof/note';
import { type Report, type Verdict, verifyReceipt } from '../proof/verify';
import { BelievedKeys } from './BelievedKeys';
import { getReceipt } from './calls';
import { Checks } from './Checks';
import { KeyView } from './KeyView';
import { OpenedRequest } from './OpenedRequest';
import styles from './Record.module.css';
import { useBelieved } from './useBelieved';

const say = record.proof;

interface ProofProps {
  answer: Answer;
  /** Its entries, as this page shows them. */
  entries: readonly LogEntry[];
}

export function Proof({ answer, entries }: ProofProps) {
  const taking = useMutation({
    mutationFn: async () => ({ bytes: await getReceipt(answer.id), at: Date.now() }),
    retry: false,
    // Its words must not outlast the page.
    gcTime: 0,
  });
  const { data, isPending } = taking;
  const take = () => {
    if (!isPending) taking.mutate();
  };
  return (
    <section className={styles.section}>
      <h2>{say.heading}</h2>
      <p>{say.lead}</p>
      <BelievedKeys />
      <p className={styles.tools}>
        <Button look={data ? 'plain' : 'primary'} onPress={take}>
          {isPending ? say.taking : data ? say.takeAgain : say.take}
        </Button>
        {data && (
          <Button icon={<ExportIcon size={16} />} onPress={() => saveBlob(nameOf(answer.id), blobOf(data.bytes))}>
            {say.save}
          </Button>
        )}
      </p>
      {taking.isError && <ProblemNotice title={say.failed} error={taking.error} />}
      {data && <Checked key={data.at} {...data} answer={answer} entries={entries} />}
    </section>
  );
}

const nameOf = (id: string) => `osler-receipt-${id}.json`;
const blobOf = (bytes: Bytes) => new Blob([bytes], { type: 'application/json' });

/** What this page shows, to be held against the receipt. */
const shownOf = (answer: Answer, entries: readonly LogEntry[]) => ({ id: answer.id, answer, entries: entries.map(spelled) });

function Checked({ bytes, at, answer, entries }: ProofProps & { bytes: Bytes; at: number }) {
  const believed = useBelieved();
  const { data } = useQuery({
    queryKey: ['receipt', answer.id, at, believed?.map(({ text }) => text)],
    queryFn: () => verifyReceipt(bytes, { believed: believed ?? [], shown: shownOf(answer, entries) }),
    enabled: believed !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (!data || !believed) return <Skeleton label={say.checking} />;
  return <Told report={data} believed={believed} id={answer.id} />;
}

const tones: Record<Verdict, Tone> = { proved: 'good', consistent: 'info', unsigned: 'warn', unable: 'warn', fails: 'stop' };

function Told({ report, believed, id }: { report: Report; believed: readonly Key[]; id: string }) {
  const { verdict, checks, keys, request } = report;
  const { title, detail } = say.verdicts[verdict];
  return (
    <>
      <Notice tone={tones[verdict]} title={title} live={verdict === 'fails' ? 'alert' : 'status'}>
        {detail}
      </Notice>
      {checks.length > 0 && <Checks checks={checks} />}
      {keys.length > 0 && (
        <>
          <h3>{say.keys}</h3>
          {keys.map((key) => (
            <KeyView key={key.text} of={key} believed={believed} />
          ))}
        </>
      )}
      {request && <OpenedRequest request={request} />}
      <p>{say.commandNote}</p>
      <Copyable label={say.command} text={commandOf(nameOf(id), believed.length > 0 ? believed : keys)} />
    </>
  );
}

const commandOf = (file: string, keys: readonly Key[]): string =>
  ['osler audit verify', file, ...keys.map(({ text }) => `--key '${text}'`)].join(' ');
