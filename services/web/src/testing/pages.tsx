// Opens the pages at an address, as a new tab or a reload does.
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { cleanup, render } from '@testing-library/react';
import { createPages } from '../routes';
import { createServices, ServicesProvider } from '../shell/services';

export function openPages(address: string) {
  cleanup();
  const pages = createPages(createMemoryHistory({ initialEntries: [address] }));
  const services = createServices((conversation) => {
    void pages.navigate({ to: '/c/$conversation', params: { conversation }, search: true });
  });
  const { container } = render(
    <QueryClientProvider client={services.queries}>
      <ServicesProvider services={services}>
        <RouterProvider router={pages} />
      </ServicesProvider>
    </QueryClientProvider>,
  );
  return { pages, services, container };
}
