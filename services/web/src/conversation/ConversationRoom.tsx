// A conversation: its turns, the field for the next question, and the document that is being read beside it.
import { useEffect, useRef } from 'react';
import { isInconclusive } from '../answer/inconclusive';
import { OpenerContext } from '../answer/open';
import type { Answer } from '../api/types';
import { Composer } from '../ask/Composer';
import { FirstScreen } from '../ask/FirstScreen';
import { ExportMenu } from '../export/ExportMenu';
import { PrintOnRequest } from '../export/PrintOnRequest';
import { VisuallyHidden } from '../parts/VisuallyHidden';
import { ReaderPane } from '../reader/ReaderPane';
import type { ReaderSearch } from '../reader/state';
import { NotAsking } from '../session/NotAsking';
import { useSession } from '../session/useSession';
import { useAsked, useBench, useDraft, useServices } from '../shell/services';
import { useTitle } from '../shell/useTitle';
import { conversation as words } from '../strings';
import styles from './ConversationRoom.module.css';
import { type Asked, NEW } from './desk';
import { TurnView } from './TurnView';
import { turns } from './turns';
import { useOpened } from './useOpened';
import { useTurnsInView } from './view';

interface ConversationRoomProps {
  room: string;
  /** As the server has it; the first question stands in for it. */
  title: string | null;
  /** What the server has kept, oldest first. */
  kept: readonly Answer[];
  search: ReaderSearch;
}

export function ConversationRoom({ room, title, kept, search }: ConversationRoomProps) {
  const { desk } = useServices();
  const { filters, asOf, patient } = useBench();
  const asked = useAsked(room);
  const { session, mayAsk } = useSession();
  const [draft, setDraft] = useDraft(room);
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const reading = useOpened(search, asked);

  const shown = turns(kept, asked);
  const answers = shown.flatMap((turn) => (turn.kind === 'answer' ? [turn.answer] : []));
  const isWorking = asked.some((one) => one.state === 'working');
  const first = shown[0];
  const firstQuestion = (first?.kind === 'answer' ? first.answer.question : first?.asked.question) ?? null;
  const name = title ?? firstQuestion;
  // One question is its own title.
  const isTitled = answers.length > 1 || (title !== null && title !== firstQuestion);
  useTitle(name);
  useTurnsInView(list, shown);

  // The field moves when the first question is asked; whoever types goes on typing. On a touch screen its keyboard would
  // cover the answer.
  const isBegun = shown.length > 0;
  useEffect(() => {
    if (isBegun && desk.isWorking(room) && !isTouch()) field.current?.focus({ preventScroll: true });
  }, [isBegun, desk, room]);

  const ask = (question: string) => {
    desk.ask(room, question, { filters, asOf, patient });
    setDraft('');
    // The button that was pressed goes or is disabled: the focus must not fall out of the page with it.
    if (isTouch()) field.current?.blur();
    else field.current?.focus({ preventScroll: true });
  };
  const edit = (one: Asked) => {
    setDraft(one.question);
    desk.dismiss(one.key);
    field.current?.focus();
  };
  const stop = (one: Asked) => {
    desk.stop(one.key);
    if (draft === '') setDraft(one.question);
    field.current?.focus();
  };
  const composer = (isFirst: boolean) =>
    session && !mayAsk ? (
      <NotAsking session={session} />
    ) : (
      <Composer value={draft} onChange={setDraft} onAsk={ask} isWorking={isWorking} isFirst={isFirst} fieldRef={field} />
    );

  return (
    <OpenerContext value={reading.opener}>
      <div className={styles.room}>
        <div className={styles.centre}>
          <VisuallyHidden>
            <span role="status">{announcement(asked.at(-1))}</span>
          </VisuallyHidden>
          {shown.length === 0 ? (
            <FirstScreen onExample={mayAsk ? ask : null}>{composer(true)}</FirstScreen>
          ) : (
            <div className={styles.column}>
              <header className={isTitled ? styles.head : styles.bareHead}>
                <h1 className={styles.title}>{name ?? words.untitled}</h1>
                {answers.length > 1 && <ExportMenu answers={answers} title={name ?? words.untitled} />}
              </header>
              {room === NEW && answers.length > 0 && <p className={styles.memory}>{words.memoryOnly}</p>}
              <PrintOnRequest answers={answers} title={name ?? words.untitled} />
              <div ref={list} className={styles.turns}>
                {shown.map((turn) => (
                  <TurnView key={turn.key} turn={turn} onStop={stop} onEdit={edit} onAgain={(one) => ask(one.question)} />
                ))}
              </div>
              <div className={styles.next}>{composer(false)}</div>
            </div>
          )}
        </div>
        {reading.opened && (
          <ReaderPane
            opened={reading.opened}
            live={reading.live}
            isFresh={reading.isFresh}
            onClose={reading.close}
          />
        )}
      </div>
    </OpenerContext>
  );
}

const isTouch = () => matchMedia('(pointer: coarse)').matches;

/** What is said aloud of the latest question. */
function announcement(last: Asked | undefined): string {
  if (!last) return '';
  const { announce, stages, sending } = words;
  switch (last.state) {
    case 'working':
      return last.stage ? (stages[last.stage] ?? '') : sending;
    case 'stopped':
      return announce.stopped;
    case 'failed':
      return '';
    case 'answered':
      return last.answer ? outcome(last.answer) : announce.ready(0, false);
  }
}

function outcome(answer: Answer): string {
  const { announce } = words;
  const { status, statements, closest, missing } = answer;
  if (isInconclusive(answer)) return announce.inconclusive(closest.length);
  if (status === 'no_evidence') return announce.abstained(closest.length);
  if (status === 'refused_scope') return announce.refused;
  return announce.ready(statements.length, missing != null);
}
