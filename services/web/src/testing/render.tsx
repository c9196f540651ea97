// Puts a component on a page of its own, with everything around it that it needs.
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { searchAsStrings } from '../search';
import { createServices, type Services, ServicesProvider } from '../shell/services';

export async function renderPage(
  children: ReactNode,
  prepare?: (services: Services) => void,
): Promise<Services & { container: HTMLElement }> {
  const services = createServices(() => undefined);
  services.queries.setDefaultOptions({ queries: { retry: false } });
  prepare?.(services);
  const rootRoute = createRootRoute({ component: () => <div data-testid="page">{children}</div> });
  const router = createRouter({ routeTree: rootRoute, history: createMemoryHistory(), ...searchAsStrings });
  const { container } = render(
    <QueryClientProvider client={services.queries}>
      <ServicesProvider services={services}>
        <RouterProvider router={router as never} />
      </ServicesProvider>
    </QueryClientProvider>,
  );
  await screen.findByTestId('page');
  return { ...services, container };
}
