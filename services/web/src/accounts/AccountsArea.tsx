// What an administrator does: accounts and keys, and erasing words.
import { Outlet } from '@tanstack/react-router';
import { useSession } from '../session/useSession';
import { Area, type AreaLink } from '../shell/Area';
import { accounts as say } from '../strings/accounts';

const links: AreaLink[] = [
  { to: '/accounts', label: say.areas.accounts, isRoot: true },
  { to: '/accounts/words', label: say.areas.words },
];

export function AccountsArea() {
  const { mayRun } = useSession();
  return mayRun ? <Area label={say.area} links={links} /> : <Outlet />;
}
