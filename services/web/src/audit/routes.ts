// The addresses of the auditor's workbench.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pick } from '../reader/state';
import { rootRoute } from '../root';

type Search = Record<string, unknown>;

const answersSearch = (search: Search) =>
  pick(['actor', 'from', 'to', 'status', 'verdict', 'model', 'snapshot', 'document', 'version', 'id', 'before'], search);

const area = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  component: lazyRouteComponent(() => import('./AuditArea'), 'AuditArea'),
});

const figures = createRoute({
  getParentRoute: () => area,
  path: '/',
  component: lazyRouteComponent(() => import('../records/FiguresPage'), 'FiguresPage'),
  validateSearch: (search: Search) => pick(['days', 'corpus', 'model'], search),
});

const answers = createRoute({
  getParentRoute: () => area,
  path: 'answers',
  component: lazyRouteComponent(() => import('./answers/AnswersPage'), 'AnswersPage'),
  validateSearch: answersSearch,
});

const record = createRoute({
  getParentRoute: () => area,
  path: 'answers/$id',
  component: lazyRouteComponent(() => import('./answers/RecordPage'), 'RecordPage'),
});

const recall = createRoute({
  getParentRoute: () => area,
  path: 'recall',
  component: lazyRouteComponent(() => import('./recall/RecallPage'), 'RecallPage'),
  validateSearch: (search: Search) => pick(['document', 'version', 'before'], search),
});

const feedback = createRoute({
  getParentRoute: () => area,
  path: 'feedback',
  component: lazyRouteComponent(() => import('./feedback/FeedbackPage'), 'FeedbackPage'),
  validateSearch: (search: Search) => pick(['kind', 'state', 'before'], search),
});

const reviews = createRoute({
  getParentRoute: () => area,
  path: 'reviews',
  component: lazyRouteComponent(() => import('./reviews/ReviewsPage'), 'ReviewsPage'),
});

const review = createRoute({
  getParentRoute: () => area,
  path: 'reviews/$id',
  component: lazyRouteComponent(() => import('./reviews/ReviewPage'), 'ReviewPage'),
  validateSearch: (search: Search) => pick(['item'], search),
});

const log = createRoute({
  getParentRoute: () => area,
  path: 'log',
  component: lazyRouteComponent(() => import('./log/LogPage'), 'LogPage'),
  validateSearch: (search: Search) => pick(['action', 'actor', 'before'], search),
});

export const auditRoutes = area.addChildren([figures, answers, record, recall, feedback, reviews, review, log]);
