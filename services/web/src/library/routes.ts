// The addresses of the librarian's desk.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pick } from '../reader/state';
import { rootRoute } from '../root';

type Search = Record<string, unknown>;

const documentsSearch = (search: Search) =>
  pick(['corpus', 'status', 'kind', 'issuer', 'year', 'due', 'poor', 'q'], search);

const ingestSearch = (search: Search) => pick(['corpus', 'run'], search);
const queueSearch = (search: Search) => pick(['kind', 'state', 'after', 'item'], search);
const gapsSearch = (search: Search) => pick(['state', 'q', 'page'], search);

const area = createRoute({
  getParentRoute: () => rootRoute,
  path: '/library',
  component: lazyRouteComponent(() => import('./LibraryArea'), 'LibraryArea'),
});

const corpora = createRoute({
  getParentRoute: () => area,
  path: '/',
  component: lazyRouteComponent(() => import('./CorporaPage'), 'CorporaPage'),
});

const corpus = createRoute({
  getParentRoute: () => area,
  path: 'corpora/$corpus',
  component: lazyRouteComponent(() => import('./corpora/CorpusPage'), 'CorpusPage'),
});

const documents = createRoute({
  getParentRoute: () => area,
  path: 'documents',
  component: lazyRouteComponent(() => import('./DocumentsPage'), 'DocumentsPage'),
  validateSearch: documentsSearch,
});

const document = createRoute({
  getParentRoute: () => area,
  path: 'documents/$id',
  component: lazyRouteComponent(() => import('./document/RecordPage'), 'RecordPage'),
  validateSearch: (search: Search) => pick(['version', 'against', 'view', 'page', 'passage'], search),
});

const ingest = createRoute({
  getParentRoute: () => area,
  path: 'ingest',
  component: lazyRouteComponent(() => import('./ingest/IngestPage'), 'IngestPage'),
  validateSearch: ingestSearch,
});

const queue = createRoute({
  getParentRoute: () => area,
  path: 'queue',
  component: lazyRouteComponent(() => import('./queue/QueuePage'), 'QueuePage'),
  validateSearch: queueSearch,
});

const changes = createRoute({
  getParentRoute: () => area,
  path: 'changes',
  component: lazyRouteComponent(() => import('./changes/ChangesPage'), 'ChangesPage'),
});

const proposal = createRoute({
  getParentRoute: () => area,
  path: 'changes/$id',
  component: lazyRouteComponent(() => import('./changes/ProposalPage'), 'ProposalPage'),
});

const snapshots = createRoute({
  getParentRoute: () => area,
  path: 'snapshots',
  component: lazyRouteComponent(() => import('./changes/SnapshotsPage'), 'SnapshotsPage'),
});

const gaps = createRoute({
  getParentRoute: () => area,
  path: 'gaps',
  component: lazyRouteComponent(() => import('./gaps/GapsPage'), 'GapsPage'),
  validateSearch: gapsSearch,
});

export const libraryRoutes = area.addChildren([
  corpora, corpus, documents, document, ingest, queue, changes, proposal, snapshots, gaps,
]);
