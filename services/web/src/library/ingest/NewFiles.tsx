// Which files go into which corpus; what cannot be sent is said before it is.
import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { isAbort } from '../../api/client';
import { Button } from '../../parts/Button';
import { Choice } from '../../parts/Choice';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Progress } from '../../parts/Progress';
import { Skeleton } from '../../parts/Skeleton';
import { literature } from '../../strings';
import { act } from '../../strings/act';
import { ingest as say } from '../../strings/ingest';
import styles from '../Desk.module.css';
import { sizeWords } from '../document/size';
import { ingestsQuery } from '../queries';
import type { CorpusHealth, Ingest, LibraryCorpora } from '../types';
import { type Chosen, faultOf } from './files';
import { FileChooser } from './FileChooser';
import own from './Ingest.module.css';
import { type Sent, upload } from './upload';

interface NewFilesProps {
  corpora: UseQueryResult<LibraryCorpora>;
  corpus: string | null;
  /** Only one run goes on at a time. */
  isInWork: boolean;
  onCorpus: (corpus: string) => void;
  onBegun: (ingest: Ingest) => void;
}

export function NewFiles({ corpora, corpus, isInWork, onCorpus, onBegun }: NewFilesProps) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen[]>([]);
  const [faults, setFaults] = useState<{ corpus?: string; files?: string }>({});
  const [sent, setSent] = useState<Sent | null>(null);
  const stop = useRef<AbortController | null>(null);
  const known = corpora.data?.corpora ?? [];
  const isKnown = known.some((one) => one.corpus.id === corpus);

  const sending = useMutation({
    mutationFn: () => {
      const controller = new AbortController();
      stop.current = controller;
      return upload(corpus ?? '', chosen.map(({ file }) => file), setSent, controller.signal);
    },
    onSuccess: (ingest) => {
      setChosen([]);
      onBegun(ingest);
    },
    onSettled: () => {
      setSent(null);
      return client.invalidateQueries({ queryKey: ingestsQuery.queryKey });
    },
    retry: false,
  });
  useLeaveWarning(sending.isPending);

  const send = () => {
    if (sending.isPending || isInWork) return;
    const found: typeof faults = {};
    if (!isKnown) found.corpus = say.noCorpus;
    const fault = faultOf(chosen);
    if (fault) found.files = say.faults[fault];
    setFaults(found);
    if (Object.keys(found).length > 0) sending.reset();
    else sending.mutate();
  };

  return (
    <section className={styles.section} aria-labelledby="fresh">
      <h2 id="fresh">{say.fresh}</h2>
      {corpora.isPending && <Skeleton lines={4} />}
      {corpora.isError && (
        <ProblemNotice
          title={say.corporaFailed}
          error={corpora.error}
          actions={<Button onPress={() => void corpora.refetch()}>{act.retry}</Button>}
        />
      )}
      {corpora.isSuccess && known.length === 0 && <Notice title={say.noCorpora}>{say.noCorporaDetail}</Notice>}
      {known.length > 0 && (
        <div className={own.fresh}>
          <Choice
            label={say.corpus}
            options={known.map(optionOf)}
            value={isKnown ? corpus : null}
            onChange={(value) => {
              onCorpus(value);
              setFaults(({ files }) => (files === undefined ? {} : { files }));
            }}
            isRequired
            error={faults.corpus ?? null}
          />
          <FileChooser
            chosen={chosen}
            onChange={(next) => {
              setChosen(next);
              setFaults(({ corpus: kept }) => (kept === undefined ? {} : { corpus: kept }));
            }}
            isShut={sending.isPending}
            error={faults.files ?? (faultOf(chosen) === 'too_much' ? say.faults.too_much : null)}
          />
          {sending.isPending ? (
            <>
              <Progress label={say.sentFiles} value={shareOf(sent)} text={textOf(sent)} />
              <span>
                <Button onPress={() => stop.current?.abort()}>{say.cancelSending}</Button>
              </span>
            </>
          ) : (
            <span>
              <Button look="primary" onPress={send} isDisabled={isInWork}>
                {say.send}
              </Button>
            </span>
          )}
          {isInWork && <p className={styles.note}>{say.inWork}</p>}
          {sending.isError && !isAbort(sending.error) && (
            <ProblemNotice title={say.sendFailed} error={sending.error} />
          )}
        </div>
      )}
    </section>
  );
}

const optionOf = ({ corpus, is_licence_over }: CorpusHealth) => ({
  value: corpus.id,
  label: corpus.title,
  note: [
    corpus.issuer,
    literature.kinds[corpus.kind],
    ...(is_licence_over ? [say.licenceOver] : []),
  ].join(' · '),
});

const shareOf = (sent: Sent | null): number | null => (sent?.of ? sent.bytes / sent.of : null);

function textOf(sent: Sent | null): string {
  if (!sent?.of) return say.sending;
  return sent.bytes >= sent.of ? say.sentAll : say.sent(sizeWords(sent.bytes), sizeWords(sent.of));
}

/** Whoever closes the page while files are on their way is asked first. */
function useLeaveWarning(isSending: boolean): void {
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isSending]);
}
