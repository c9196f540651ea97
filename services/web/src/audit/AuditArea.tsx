// The auditor's workbench: what was asked and answered, and what people make of it.
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { isRaised } from '../records/measures';
import { alarmsQuery } from '../records/calls';
import { useSession } from '../session/useSession';
import { Area, type AreaLink } from '../shell/Area';
import { alarms } from '../strings/alarms';
import { audit as say } from '../strings/audit';

const recall: AreaLink = { to: '/audit/recall', label: say.areas.recall };
const reviews: AreaLink = { to: '/audit/reviews', label: say.areas.reviews };
const figures: AreaLink = { to: '/audit', label: say.areas.figures, waitingFor: alarms.waiting, isRoot: true };
const others: AreaLink[] = [
  { to: '/audit/answers', label: say.areas.answers },
  recall,
  { to: '/audit/feedback', label: say.areas.feedback },
  reviews,
  { to: '/audit/log', label: say.areas.log },
];

export function AuditArea() {
  const { mayAudit, mayKeep, mayAsk } = useSession();
  const { data } = useQuery({ ...alarmsQuery, enabled: mayAudit });
  const raised = data?.measures.filter(isRaised).length ?? 0;
  const all = [{ ...figures, waiting: raised }, ...others];
  // Who keeps the library recalls documents; clinicians rate the samples that they were asked to.
  const links = mayAudit ? all : [...(mayKeep ? [recall] : []), ...(mayAsk ? [reviews] : [])];
  return links.length > 0 ? <Area label={say.area} links={links} /> : <Outlet />;
}
