// Words of what is staged, of proposals, and of snapshots.
import type { Way } from '../library/changes/summary';
import type { Proposal, ProposalAct, ProposalState, Signature } from '../library/types';

const n = (of: number) => of.toLocaleString('en');
const documents = (of: number) => (of === 1 ? '1 document' : `${n(of)} documents`);
const passages = (of: number) => (of === 1 ? '1 passage' : `${n(of)} passages`);
const questions = (of: number) => (of === 1 ? '1 question' : `${n(of)} questions`);
const findings = (of: number) => (of === 1 ? '1 open finding' : `${n(of)} open findings`);

const ways: Record<Way, string> = { coming: 'Comes', changed: 'Changes', leaving: 'Leaves' };

const proposalStates: Record<ProposalState, string> = {
  proposed: 'Proposed',
  reviewed: 'Reviewed',
  approved: 'Approved',
  executed: 'Published',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
};

const meanings: Record<Signature['meaning'], string> = {
  review: 'Review: I have looked at these changes, and they are what they should be.',
  approve: 'Approval: I approve that these changes go into force.',
};

type Kind = Proposal['kind'];

function aimOf({ kind, corpus, policy }: Pick<Proposal, 'kind' | 'corpus' | 'policy'>): string {
  if (kind === 'publish') return 'publish';
  if (kind === 'restore') return 'restore a document';
  const title = policy?.to.title ?? corpus ?? '';
  return policy?.from === null ? `new corpus ${title}` : `policy of ${title}`;
}

export type StepName = 'ingest' | 'review' | 'approve' | 'publish';

/** The same for all that readers come to see. */
const both = (words: string) => ({ publish: words, restore: words });

const closing: Record<Kind, string> = {
  ...both('It is closed. What is staged stays staged and can be proposed again.'),
  policy: 'It is closed. What is in force stays in force, and the change can be proposed again.',
};

export const changes = {
  title: 'Changes',
  lead:
    'What was taken in, withdrawn or restored since the last publication. Questions do not see it yet: two people have to ' +
    'agree first.',
  loading: 'Reading what is staged…',
  failed: 'What is staged could not be read.',
  staged: {
    title: 'What is staged',
    nothing: 'Nothing is staged',
    nothingDetail: 'Questions see everything that was decided so far.',
    numbers: (published: number, staged: number) =>
      `Questions see snapshot ${n(published)}; this would become snapshot ${n(staged)}.`,
    figures: { coming: 'Documents coming', changed: 'Documents changed', leaving: 'Documents leaving' },
    passagesIn: 'Passages coming',
    passagesOut: 'Passages leaving',
    hash: 'Hash of what is staged',
    blocked: (of: number) => `${findings(of)} among these documents`,
    blockedDetail: 'Nobody can sign the review as long as one is open. Settle each in the review queue.',
    toQueue: 'Open the review queue',
    corpus: (title: string, of: number) => `${title}: ${documents(of)}`,
    ways,
    version: (of: number) => `version ${n(of)}`,
    passages: (coming: number, leaving: number) =>
      [
        ...(coming > 0 ? [`${passages(coming)} coming`] : []),
        ...(leaving > 0 ? [`${passages(leaving)} leaving`] : []),
      ].join(', ') || 'no passage changes',
  },
  propose: {
    title: 'Propose to publish',
    open: 'Propose to publish',
    detail:
      'A proposal is about exactly what is staged now. If more is staged afterwards, it cannot go on and has to be made anew.',
    reason: 'Reason',
    missing: 'Say why this should be published.',
    act: 'Propose',
    acting: 'Proposing…',
    failed: 'It was not proposed',
    already: 'It is proposed already.',
    toOpen: 'Open the proposal',
    mayNot: 'Proposing needs the role of a librarian.',
    toGolden: 'Ask the golden questions first: they show which answers would change.',
  },
  proposals: {
    title: 'Proposals',
    open: 'Open proposals',
    closed: 'Closed proposals',
    none: 'No proposal is open.',
    noneClosed: 'No proposal was closed yet.',
    failed: 'The proposals could not be read.',
    more: 'Show earlier ones',
    loading: 'Reading…',
    name: ({ n: number, ...what }: Pick<Proposal, 'n' | 'kind' | 'corpus' | 'policy'>) => `Proposal ${n(number)}: ${aimOf(what)}`,
    by: (name: string) => `by ${name}`,
    changed: 'Changed since',
    states: proposalStates,
    /** Instead of “Published”. */
    executed: { publish: proposalStates.executed, restore: 'Restored', policy: 'Put in force' } satisfies Record<Kind, string>,
  },
  golden: {
    title: 'Golden questions',
    lead:
      'Questions whose answers this hospital knows and watches. Asked of what is published and of what is staged, they show ' +
      'what publishing would change for readers.',
    failed: 'The golden questions could not be read.',
    none: 'There are none yet',
    noneDetail: 'Write down the questions that must not be answered otherwise without anybody having looked.',
    count: questions,
    changed: (name: string) => `Last changed by ${name},`,
    show: 'The questions',
    edit: 'Edit the questions',
    ask: 'Ask them now',
    askAgain: 'Ask them again',
    mayNot: 'Asking them needs the role of a librarian or a publisher.',
    nothingStaged: 'Nothing is staged, so nothing can have changed.',
    stop: 'Stop asking',
    progress: 'Questions asked',
    asked: (done: number, of: number) => `${n(done)} of ${n(of)}`,
    begun: (of: number) => `Asking ${questions(of)}.`,
    over: (changed: number, of: number) =>
      changed === 0 ? `${questions(of)} asked; no answer changes.` : `${questions(of)} asked; ${n(changed)} would be answered otherwise.`,
    stopped: (done: number, of: number) => `Stopped after ${n(done)} of ${questions(of)}.`,
    broken: 'Asking broke off',
    stale: 'What is staged has changed since these were asked',
    staleDetail: 'Ask them again before you decide by them.',
    changes: (of: number) => (of === 1 ? '1 answer changes' : `${n(of)} answers change`),
    same: (of: number) => (of === 1 ? '1 answer stays as it is' : `${n(of)} answers stay as they are`),
    away: 'Not with the whole search',
    awayDetail: 'What differs may differ for that reason, and what seems unchanged may not be. Ask them again later.',
    awayHere: (missing: string) => `Not with the whole search. ${missing} What differs may differ for that reason.`,
    failures: (of: number) => (of === 1 ? '1 question failed' : `${n(of)} questions failed`),
    askFailed: 'Ask these again',
    before: 'Published now',
    after: 'As staged',
    marks: 'Words in one of the two alone are marked: struck through where they go, underlined where they come.',
    nothingSaid: 'No statement.',
    gone: 'No longer cited',
    come: 'Newly cited',
    dialog: {
      title: 'Golden questions',
      label: 'Questions, one a line',
      detail: 'At most 500, each of at most 2,000 characters. Enter nothing about a real patient. The list is kept with your name.',
      act: 'Save',
      acting: 'Saving…',
      failed: 'The questions were not saved',
      saved: (of: number) => `Saved: ${questions(of)}.`,
      tooMany: 'These are more than 500.',
      tooLong: (line: number) => `Question ${n(line)} is longer than 2,000 characters.`,
    },
  },
  proposal: {
    lead: {
      ...both('Nothing is published by one person alone: whoever approves and publishes is not the one who proposed it.'),
      policy: 'No corpus is opened further by one person alone: whoever approves and carries this out is not the one who proposed it.',
    } satisfies Record<Kind, string>,
    failed: 'The proposal could not be read.',
    loading: 'Reading the proposal…',
    all: 'All changes',
    reason: 'Reason',
    kind: {
      publish: 'Publish what is staged',
      restore: 'Restore a version of a document',
      policy: 'Put a policy of a corpus in force',
    } satisfies Record<Kind, string>,
    hash: 'Record hash',
    hashDetail: 'Made of everything this proposal is about. Each signature names it.',
    document: (version: number) => `Open the document, version ${n(version)}`,
    becomes: (staged: number) => `It would become snapshot ${n(staged)}.`,
    changedTitle: 'What is staged is no longer what was proposed',
    changedDetail:
      'Something was taken in, withdrawn or restored since. This proposal cannot be signed or published any more. Withdraw or ' +
      'reject it, and propose what is staged now.',
    toStaged: 'See what is staged now',
    policy: {
      title: 'What changes',
      newTitle: 'The policy of the new corpus',
      toCorpus: 'Open the corpus',
      changedTitle: 'The policy in force is no longer the one that this was made from',
      changedDetail:
        'It was changed since. This proposal cannot be signed or carried out any more. Withdraw or reject it, and propose the ' +
        'change anew.',
    },
    steps: {
      title: 'Steps',
      names: {
        ingest: 'Taken in and proposed',
        review: 'Review',
        approve: 'Approval',
        publish: 'Publication',
      } satisfies Record<StepName, string>,
      /** For proposals that publish nothing. */
      others: {
        restore: { publish: 'Restoring' },
        policy: { ingest: 'Proposed', publish: 'Putting in force' },
      } as Readonly<Partial<Record<Kind, Partial<Record<StepName, string>>>>>,
      reviewPolicy: 'A librarian or a publisher signs the review.',
      done: 'Done',
      next: 'Next',
      later: 'Later',
      never: 'Not reached',
      by: (name: string) => `By ${name},`,
      who: {
        ingest: '',
        review: 'A librarian or a publisher signs the review, once no finding of these documents is open.',
        approve: 'A publisher signs the approval. It cannot be one who proposed or reviewed it.',
        publish: 'A publisher puts it into force. It cannot be the one who proposed it.',
      } satisfies Record<StepName, string>,
      snapshot: (of: number) => `It is snapshot ${n(of)}.`,
      toSnapshots: 'See the snapshots',
    },
    ended: {
      rejected: 'This proposal was rejected',
      withdrawn: 'This proposal was withdrawn',
    },
    endedBy: (name: string) => `By ${name},`,
    own: {
      ...both('You proposed this, so another publisher has to approve and publish it. Two people see each change before readers do.'),
      policy: 'You proposed this, so another publisher has to approve it and put it in force.',
    } satisfies Record<Kind, string>,
    reviewed: 'You signed the review, so another publisher has to approve it.',
    notYours: 'There is nothing for you to do here now.',
    signatures: {
      title: 'Signatures',
      none: 'Nobody has signed yet.',
      meanings,
      name: 'Printed name',
      account: 'Account',
      at: 'Signed at',
      hash: 'Signed hash',
      seal: 'Seal',
      good: 'The seal holds',
      bad: 'The seal does not hold',
      badTitle: 'A signature is not what was signed',
      badDetail:
        'The server made its seal anew and found another one: the signature or what it is about was altered. Do not publish ' +
        'this; report it to those responsible for this service.',
      other: 'It was signed for another hash than that of this proposal',
    },
    acts: {
      title: 'What you can do',
      review: 'Sign the review',
      approve: 'Sign the approval',
      execute: 'Publish',
      restore: 'Restore',
      policy: 'Put in force',
      reject: 'Reject',
      withdraw: 'Withdraw',
    } satisfies Record<ProposalAct | 'title' | 'restore' | 'policy', string>,
    sign: {
      titles: { review: 'Sign the review', approve: 'Sign the approval' },
      says: 'With your signature you say:',
      lasting:
        'It is kept with your name, the time and this hash, sealed so that a change of any of them is found. It cannot be taken ' +
        'back.',
      as: (name: string) => `You sign as ${name}.`,
      hash: 'The hash that you sign',
      about: (of: number, coming: number, leaving: number) =>
        `${documents(of)}: ${passages(coming)} coming, ${passages(leaving)} leaving.`,
      provider: (name: string) =>
        `If you sign in with ${name} and have no password here, leave it empty: that holds within five minutes of signing in.`,
      act: 'Sign',
      acting: 'Signing…',
      failed: 'It was not signed',
      done: { review: 'The review is signed.', approve: 'The approval is signed.' },
    },
    execute: {
      title: { publish: 'Publish now?', restore: 'Restore now?', policy: 'Put it in force now?' } satisfies Record<Kind, string>,
      publish: (of: number, staged: number) =>
        `${documents(of)} change. From this moment questions see them, as snapshot ${n(staged)}. Open gaps are asked again ` +
        'afterwards. You can go back to an earlier snapshot; its number stays used.',
      restore:
        'What of this version the published snapshot still has may be cited again from this moment; the rest comes into force with ' +
        'the next publication.',
      policy: (isNew: boolean) =>
        isNew
          ? 'From this moment documents can be taken in for this corpus. Questions see them once they are published.'
          : 'From this moment this holds for what is found, quoted, displayed and exported.',
      act: { publish: 'Publish', restore: 'Restore', policy: 'Put in force' } satisfies Record<Kind, string>,
      acting: { publish: 'Publishing…', restore: 'Restoring…', policy: 'Putting in force…' } satisfies Record<Kind, string>,
      failed: {
        publish: 'It was not published',
        restore: 'It was not restored',
        policy: 'It was not put in force',
      } satisfies Record<Kind, string>,
      done: {
        publish: 'Published. Questions see it now.',
        restore: 'Restored.',
        policy: 'The policy is in force.',
      } satisfies Record<Kind, string>,
    },
    reject: {
      title: 'Reject this proposal?',
      detail: closing,
      missing: 'Say why it is rejected.',
      act: 'Reject',
      acting: 'Rejecting…',
      failed: 'It was not rejected',
      done: 'Rejected.',
    },
    withdraw: {
      title: 'Withdraw your proposal?',
      detail: closing,
      missing: 'Say why it is withdrawn.',
      act: 'Withdraw',
      acting: 'Withdrawing…',
      failed: 'It was not withdrawn',
      done: 'Withdrawn.',
    },
    help: {
      same_person:
        'Whoever proposed or reviewed a change does not approve it, and whoever proposed it does not publish it: two different ' +
        'people have to have looked. Ask another publisher.',
      findings_open: 'Findings of these documents are open. Each has to be settled before the review can be signed.',
      record_changed: 'What this is about changed meanwhile. What you would have signed is not what is there now.',
      sign_in_again: 'You signed in more than five minutes ago. Sign out and in again, then sign at once.',
    } as Readonly<Record<string, string>>,
  },
  snapshots: {
    title: 'Snapshots',
    lead: 'Each publication is a snapshot, and stays. Every answer names the one that it was given from.',
    failed: 'The snapshots could not be read.',
    loading: 'Reading the snapshots…',
    none: 'Nothing was published yet',
    noneDetail: 'The first snapshot is made when the first proposal is published.',
    published: (of: number) => `Questions see snapshot ${n(of)}.`,
    next: (of: number) => `The next one takes the number ${n(of)}.`,
    behind: 'Questions see an earlier snapshot than the newest',
    behindDetail: (published: number, head: number) =>
      `Somebody went back to snapshot ${n(published)}; ${n(head)} is the newest. What was published in between is not seen.`,
    list: 'Snapshots, newest first',
    name: (of: number) => `Snapshot ${n(of)}`,
    isPublished: 'Questions see this one',
    by: (name: string) => `by ${name}`,
    noReason: 'Without a reason.',
    backTo: (of: number) => `Go back to snapshot ${n(of)}`,
    /** To one that was published after the one that is seen. */
    onTo: (of: number) => `Go on to snapshot ${n(of)}`,
    dialog: {
      at: 'Questions see it at once, and nothing that was published after it: new answers no longer cite that.',
      numbers: (next: number) =>
        `No number is used twice: the next publication becomes snapshot ${n(next)}, and the ones in between stay on record.`,
      staged: 'It is refused while changes are staged.',
      reason: 'Reason',
      missing: 'Say why this is done.',
      act: 'Change what is seen',
      acting: 'Changing…',
      failed: 'Nothing was changed',
      done: (of: number) => `Questions see snapshot ${n(of)} now.`,
      help: {
        staged: 'Changes are staged. Publish them or take them back first.',
        sign_in_again: 'You signed in more than five minutes ago. Sign out and in again, then do this at once.',
      } as Readonly<Record<string, string>>,
      toChanges: 'See what is staged',
    },
    decisions: {
      title: 'Decisions',
      detail: 'The last 100 about what is held and published, newest first.',
      none: 'Nothing was decided yet.',
      actions: {
        publish: 'Published',
        rollback: 'Went back',
        inspected: 'Looked at',
        policy: 'Put a policy in force for',
      } as Readonly<Record<string, string>>,
      snapshot: (of: string) => `snapshot ${of}`,
    },
  },
};
