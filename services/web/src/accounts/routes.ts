// The addresses of what an administrator does.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pick } from '../reader/state';
import { rootRoute } from '../root';

const area = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./AccountsArea'), 'AccountsArea'),
});

const accounts = createRoute({
  getParentRoute: () => area,
  path: '/',
  component: lazyRouteComponent(() => import('./AccountsPage'), 'AccountsPage'),
  validateSearch: (search: Record<string, unknown>) => pick(['account', 'q'], search),
});

const words = createRoute({
  getParentRoute: () => area,
  path: 'words',
  component: lazyRouteComponent(() => import('./WordsPage'), 'WordsPage'),
});

export const accountsRoute = area.addChildren([accounts, words]);
