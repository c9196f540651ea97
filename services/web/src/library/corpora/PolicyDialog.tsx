// Writing the policy of a corpus, or of a new one. Before it is sent it is told what changes, and whether that takes a second
// person.
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import { corporaQuery } from '../../api/keys';
import { Refused } from '../../api/problem';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { policies } from '../../strings/policies';
import { ActDialog } from '../ActDialog';
import { putPolicy } from '../calls';
import styles from '../Desk.module.css';
import { corpusRecordQuery, libraryKey } from '../queries';
import type { Policy, PolicyOutcome } from '../types';
import { differencesOf, isNarrower } from './differences';
import { type Draft, draftOf, emptyDraft, type Faults, faultsIn, policyOf } from './draft';
import { PolicyDifferences } from './PolicyDifferences';
import { PolicyFields } from './PolicyFields';
import own from './PolicyDialog.module.css';

const say = policies.form;

/** What it is made from. */
export interface Base {
  number: number;
  policy: Policy;
}

/** What was written, and the number of the policy that it was made from. */
export interface Written {
  from: number;
  draft: Draft;
}

interface PolicyDialogProps {
  /** Null for a new corpus. */
  base: Base | null;
  /** It outlives the dialog, which may have been left by mistake. */
  written: Written | null;
  onWrite: (written: Written | null) => void;
  /** Short names that a new one cannot have. */
  taken?: readonly string[];
  /** An open proposal about it. */
  proposal?: string | null;
  onInForce: (number: number) => void;
  onClose: () => void;
}

export function PolicyDialog(props: PolicyDialogProps) {
  const { base: found, written, onWrite, taken = [], proposal = null, onInForce, onClose } = props;
  const queries = useQueryClient();
  // What is in force may change while this is open; the differences that were read must not change with it unsaid.
  const [base, setBase] = useState(found);
  const [draft, setDraft] = useState(() => draftFrom(found, written));
  const [faults, setFaults] = useState<Faults>({});
  const [proposed, setProposed] = useState<string | null>(null);
  const policy = policyOf(draft);
  const consequence = consequenceOf(base, policy);

  const readAnew = async () => {
    await queries.invalidateQueries({ queryKey: libraryKey });
    if (base === null) return;
    const now = queries.getQueryData(corpusRecordQuery(base.policy.id).queryKey);
    setBase(now?.policies[0] ?? base);
  };
  const send = (reason: string): Promise<PolicyOutcome> => {
    if (policy === null) throw new Error(say.consequences.incomplete);
    return putPolicy({ policy, reason, expected: numberOf(base) });
  };
  const done = ({ number, proposal: made }: PolicyOutcome) => {
    onWrite(null);
    void queries.invalidateQueries({ queryKey: libraryKey });
    if (number === null) {
      setProposed(made);
      return;
    }
    void queries.invalidateQueries({ queryKey: corporaQuery.queryKey });
    // Documents may be no longer, or not yet, be displayed.
    void queries.invalidateQueries({ queryKey: ['document'] });
    onInForce(number);
  };

  if (proposed !== null) return <Receipt proposal={proposed} onClose={onClose} />;
  const act = consequence === 'narrower' ? 'narrower' : 'proposal';
  return (
    <ActDialog
      title={base === null ? say.titles.add : say.titles.change(base.policy.title)}
      more={
        <>
          <PolicyFields
            draft={draft}
            faults={faults}
            isNew={base === null}
            onChange={(change) => {
              const next = { ...draft, ...change };
              setDraft(next);
              onWrite({ from: numberOf(base), draft: next });
              setFaults((before) => without(before, [...Object.keys(change), 'nothing']));
            }}
          />
          <Consequence base={base} policy={policy} consequence={consequence} fault={faults.nothing} />
        </>
      }
      check={() => {
        const wrong = faultsIn(draft, taken);
        if (consequence === 'nothing') wrong.nothing = say.faults.nothing;
        setFaults(wrong);
        return Object.keys(wrong).length === 0;
      }}
      act={say.act[act]}
      acting={say.acting[act]}
      failed={base === null ? say.addFailed : say.failed}
      send={() => send(draft.reason.trim())}
      onDone={done}
      onFailed={(error) => {
        if (error instanceof Refused && error.problem.status === 409) void readAnew();
      }}
      helpOf={(error) => helpWith(error, base === null, proposal)}
      onClose={onClose}
    />
  );
}

const numberOf = (base: Base | null): number => base?.number ?? 0;

/** What was made from another policy than the one in force is begun anew. */
function draftFrom(base: Base | null, written: Written | null): Draft {
  if (written?.from === numberOf(base)) return written.draft;
  return base === null ? emptyDraft : draftOf(base.policy);
}

type ConsequenceName = Exclude<keyof typeof say.consequences, 'mixed'>;

function consequenceOf(base: Base | null, policy: Policy | null): ConsequenceName {
  if (base === null) return 'add';
  if (policy === null) return 'incomplete';
  const differences = differencesOf(base.policy, policy);
  if (differences.length === 0) return 'nothing';
  return isNarrower(differences) ? 'narrower' : 'proposal';
}

interface ConsequenceProps {
  base: Base | null;
  policy: Policy | null;
  consequence: ConsequenceName;
  fault: string | undefined;
}

function Consequence({ base, policy, consequence, fault }: ConsequenceProps) {
  const title = useId();
  const isMixed =
    base !== null &&
    policy !== null &&
    consequence === 'proposal' &&
    differencesOf(base.policy, policy).some(({ allows }) => allows === 'less');
  return (
    <section aria-labelledby={title} className={own.changes}>
      <h3 id={title}>{say.changes}</h3>
      {base !== null && policy !== null && consequence !== 'nothing' && (
        <PolicyDifferences from={base.policy} to={policy} />
      )}
      <p role="status">
        {fault === undefined && say.consequences[consequence]}
        {isMixed && ` ${say.consequences.mixed}`}
      </p>
      {fault !== undefined && (
        <p role="alert" className={own.fault}>
          {fault}
        </p>
      )}
    </section>
  );
}

const without = (faults: Faults, names: readonly string[]): Faults =>
  Object.fromEntries(Object.entries(faults).filter(([name]) => !names.includes(name)));

function helpWith(error: unknown, isNew: boolean, proposal: string | null) {
  const code = error instanceof Refused ? error.problem.code : '';
  if (code === 'already_proposed') {
    return (
      <div>
        <p>{say.proposalOpen}</p>
        {proposal === null ? (
          <Link to="/library/changes">{say.toProposals}</Link>
        ) : (
          <Link to="/library/changes/$id" params={{ id: proposal }}>
            {policies.toProposal}
          </Link>
        )}
      </div>
    );
  }
  if (isNew && code === 'changed_meanwhile') return <p>{say.faults.idTaken}</p>;
  return Object.hasOwn(say.help, code) && <p>{say.help[code]}</p>;
}

function Receipt({ proposal, onClose }: { proposal: string; onClose: () => void }) {
  // The form and its button are gone: the focus goes to what came of it, which is read aloud then.
  const receipt = useRef<HTMLDivElement>(null);
  useEffect(() => {
    receipt.current?.focus();
  }, []);
  return (
    <Dialog
      title={say.proposedTitle}
      isOpen
      onOpenChange={onClose}
      foot={
        <Button look="primary" onPress={onClose}>
          {say.close}
        </Button>
      }
    >
      <div ref={receipt} tabIndex={-1} className={styles.form}>
        <p>{say.proposed}</p>
        <p>
          <Link to="/library/changes/$id" params={{ id: proposal }}>
            {policies.toProposal}
          </Link>
        </p>
      </div>
    </Dialog>
  );
}
