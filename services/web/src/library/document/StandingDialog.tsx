// What becomes of a version: what that does, how many answers it touches, and why it is done.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Refused } from '../../api/problem';
import { recallQuery } from '../../audit/recall/calls';
import { Button } from '../../parts/Button';
import { Choice } from '../../parts/Choice';
import { Dialog } from '../../parts/Dialog';
import { Notice } from '../../parts/Notice';
import { literature } from '../../strings';
import { documentRecord } from '../../strings/documents';
import { ActDialog } from '../ActDialog';
import { changeStanding, propose } from '../calls';
import styles from '../Desk.module.css';
import { libraryKey } from '../queries';
import { StatusChip } from '../StatusChip';
import type { LibraryVersion, Proposal, Standing, StandingChanged, Status } from '../types';

const say = documentRecord.standing;

interface StandingDialogProps {
  document: string;
  version: LibraryVersion;
  options: Standing['to'];
  onClose: () => void;
}

type Done = { is: 'changed'; what: StandingChanged } | { is: 'proposed'; proposal: Proposal };

export function StandingDialog({ document, version, options, onClose }: StandingDialogProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Status | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [changed, setChanged] = useState<StandingChanged | null>(null);
  // What it can become may have changed since it was chosen.
  const option = options.find(({ status }) => status === chosen) ?? null;
  const isProposal = option?.needs === 'two';
  const number = version.number;

  const readAnew = () => {
    void queries.invalidateQueries({ queryKey: libraryKey });
    void queries.invalidateQueries({ queryKey: ['document', document] });
  };
  const send = async (reason: string): Promise<Done> => {
    if (option === null) throw new Error(say.missing);
    if (isProposal) return { is: 'proposed', proposal: await propose({ kind: 'restore', document, version: number, reason }) };
    const change = { status: option.status, reason, expected: version.status };
    return { is: 'changed', what: await changeStanding(document, number, change) };
  };

  if (changed) return <Receipt changed={changed} onClose={onClose} />;
  return (
    <ActDialog
      title={say.title}
      reason={{ label: say.reason, missing: say.noReason }}
      check={() => {
        setError(option === null ? say.missing : null);
        return option !== null;
      }}
      act={isProposal ? say.propose : say.act}
      acting={isProposal ? say.proposing : say.acting}
      failed={say.failed}
      isDanger={option?.status === 'retracted' || option?.status === 'withdrawn'}
      send={({ reason }) => send(reason)}
      onDone={(done) => {
        readAnew();
        if (done.is === 'changed') setChanged(done.what);
        else void navigate({ to: '/library/changes/$id', params: { id: done.proposal.id } });
      }}
      onFailed={(failure) => {
        if (failure instanceof Refused && failure.problem.status === 409) readAnew();
      }}
      helpOf={helpOf}
      onClose={onClose}
    >
      <p>
        {say.now} <StatusChip status={version.status} />
      </p>
      <Cited document={document} version={number} />
      <Choice
        label={say.to}
        options={options.map(({ status, needs }) => ({
          value: status,
          label: literature.statuses[status],
          note: needs === 'two' ? say.two : say.effects[status],
        }))}
        value={option?.status ?? null}
        onChange={(status) => {
          setChosen(status);
          setError(null);
        }}
        isRequired
        error={error}
      />
      {isProposal && (
        <Notice>
          {say.effects[option.status]} {say.proposed}
        </Notice>
      )}
      <p className={styles.note}>{say.kept}</p>
    </ActDialog>
  );
}

function helpOf(failure: unknown) {
  const code = failure instanceof Refused ? failure.problem.code : '';
  if (code === 'changed_meanwhile') return say.changedMeanwhile;
  return code === 'already_proposed' && <Link to="/library/changes">{say.toProposals}</Link>;
}

/** Whom it concerns, told before it is done. */
function Cited({ document, version }: { document: string; version: number }) {
  const { data, isError } = useQuery(recallQuery({ document, version }, null));
  return (
    <p role="status">
      {data ? say.cited(data.answers, data.people) : isError ? say.notCounted : say.counting}
    </p>
  );
}

function Receipt({ changed, onClose }: { changed: StandingChanged; onClose: () => void }) {
  const { document, version, status, earlier, answers, people } = changed;
  // The form and its button are gone: the focus goes to what came of it, which is read aloud then.
  const receipt = useRef<HTMLDivElement>(null);
  useEffect(() => {
    receipt.current?.focus();
  }, []);
  return (
    <Dialog
      title={say.doneTitle}
      isOpen
      onOpenChange={onClose}
      foot={
        <Button look="primary" onPress={onClose}>
          {say.close}
        </Button>
      }
    >
      <div ref={receipt} tabIndex={-1} className={styles.form}>
        <p>{say.done(version, literature.statuses[status])}</p>
        {earlier.length > 0 && <p>{say.earlier(earlier)}</p>}
        <p>{say.affected(answers, people)}</p>
        {answers > 0 && (
          <p>
            <Link to="/audit/recall" search={earlier.length > 0 ? { document } : { document, version: String(version) }}>
              {say.recall}
            </Link>
          </p>
        )}
      </div>
    </Dialog>
  );
}
