// In the place of the field for questions, for those whose role is another.
import { Notice } from '../parts/Notice';
import { session } from '../strings/session';
import { rolesOf } from './roles';
import type { Session } from './types';

const words = session.notAsking;

export function NotAsking({ session }: { session: Session }) {
  const list = rolesOf(session);
  return (
    <Notice title={words.title}>
      {list === '' ? words.none : session.roles.includes('auditor') ? words.reads(list) : words.does(list)}
    </Notice>
  );
}
