// The addresses of the pages.
import { createRoute, createRouter, lazyRouteComponent, type RouterHistory } from '@tanstack/react-router';
import { accountsRoute } from './accounts/routes';
import { auditRoutes } from './audit/routes';
import { ConversationPage, NewQuestionPage } from './conversation/ConversationPage';
import { libraryRoutes } from './library/routes';
import { pick, type DocumentSearch, type ReaderSearch } from './reader/state';
import { rootRoute } from './root';
import { searchAsStrings } from './search';
import { SignInPage } from './session/SignInPage';
import { SIGN_IN } from './session/to';
import { Broken } from './shell/NotFound';

const readerSearch = (search: Record<string, unknown>): ReaderSearch => pick(['doc', 'v', 's', 'e', 'cite'], search);
const documentSearch = (search: Record<string, unknown>): DocumentSearch =>
  pick(['version', 'start', 'end', 'cite'], search);

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

const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/about/model',
  component: lazyRouteComponent(() => import('./about/ModelPage'), 'ModelPage'),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: SIGN_IN,
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { to?: string } => pick(['to'], search),
});

const routeTree = rootRoute.addChildren([
  newRoute, conversationRoute, documentRoute, aboutRoute, apiRoute, modelRoute, signInRoute,
  libraryRoutes, auditRoutes, accountsRoute,
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
