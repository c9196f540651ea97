// The librarian's desk: what is in the corpora, and by whose decision.
import { Area, type AreaLink } from '../shell/Area';
import { library as say } from '../strings/library';

const links: AreaLink[] = [
  { to: '/library', label: say.areas.corpora, isRoot: true, below: '/library/corpora/' },
  { to: '/library/documents', label: say.areas.documents },
  { to: '/library/ingest', label: say.areas.ingest },
  { to: '/library/queue', label: say.areas.queue },
  { to: '/library/changes', label: say.areas.changes },
  { to: '/library/snapshots', label: say.areas.snapshots },
  { to: '/library/gaps', label: say.areas.gaps },
];

export function LibraryArea() {
  return <Area label={say.area} links={links} />;
}
