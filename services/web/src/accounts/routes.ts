// The address of accounts and keys.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { pick } from '../reader/state';
import { rootRoute } from '../root';

export const accountsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./AccountsPage'), 'AccountsPage'),
  validateSearch: (search: Record<string, unknown>) => pick(['account', 'q'], search),
});
