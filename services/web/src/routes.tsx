// The addresses of the pages.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type RouterHistory } from '@tanstack/react-router';
import { ConversationPage, NewQuestionPage } from './conversation/ConversationPage';
import { pick, type DocumentSearch, type ReaderSearch } from './reader/state';
import { searchAsStrings } from './search';
import { SignInPage } from './session/SignInPage';
import { SIGN_IN } from './session/to';
import { Broken, NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';

const readerSearch = (search: Record<string, unknown>): ReaderSearch => pick(['doc', 'v', 's', 'e', 'cite'], search);
const documentSearch = (search: Record<string, unknown>): DocumentSearch =>
  pick(['version', 'start', 'end', 'cite'], search);

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const newRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: NewQuestionPage,
  validateSearch: readerSearch,
});

const conversationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/c/$conversation',
  component: ConversationPage,
  validateSearch: readerSearch,
});

const documentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/documents/$id',
  component: lazyRouteComponent(() => import('./reader/DocumentPage'), 'DocumentPage'),
  validateSearch: documentSearch,
});

const aboutRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/about',
  component: lazyRouteComponent(() => import('./about/AboutPage'), 'AboutPage'),
});

const apiRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/about/api',
  component: lazyRouteComponent(() => import('./about/ApiPage'), 'ApiPage'),
});

const recordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/records',
  component: lazyRouteComponent(() => import('./records/FiguresPage'), 'FiguresPage'),
  validateSearch: (search: Record<string, unknown>): { days?: string } => pick(['days'], search),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: SIGN_IN,
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { to?: string } => pick(['to'], search),
});

const routeTree = rootRoute.addChildren([
  newRoute, conversationRoute, documentRoute, aboutRoute, apiRoute, recordsRoute, signInRoute,
]);

export function createPages(history?: RouterHistory) {
  return createRouter({
    routeTree,
    defaultErrorComponent: Broken,
    defaultPreload: 'intent',
    scrollRestoration: true,
    ...searchAsStrings,
    ...(history ? { history } : {}),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
