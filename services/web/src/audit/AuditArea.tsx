// The auditor's workbench: what was asked and answered, and what people make of it.
import { Outlet } from '@tanstack/react-router';
import { useSession } from '../session/useSession';
import { Area, type AreaLink } from '../shell/Area';
import { audit as say } from '../strings/audit';

const recall: AreaLink = { to: '/audit/recall', label: say.areas.recall };
const reviews: AreaLink = { to: '/audit/reviews', label: say.areas.reviews };
const all: AreaLink[] = [
  { to: '/audit', label: say.areas.figures, isRoot: true },
  { to: '/audit/answers', label: say.areas.answers },
  recall,
  { to: '/audit/feedback', label: say.areas.feedback },
  reviews,
  { to: '/audit/log', label: say.areas.log },
];

export function AuditArea() {
  const { mayAudit, mayKeep, mayAsk } = useSession();
  // Who keeps the library recalls documents; clinicians rate the samples that they were asked to.
  const links = mayAudit ? all : [...(mayKeep ? [recall] : []), ...(mayAsk ? [reviews] : [])];
  return links.length > 0 ? <Area label={say.area} links={links} /> : <Outlet />;
}
