// Where the pages begin.
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createPages } from './routes';
import { createServices, ServicesProvider } from './shell/services';
import './style/tokens.css';
import './style/base.css';
import './style/print.css';

const pages = createPages();

const services = createServices((conversation) => {
  // Whoever has gone to read elsewhere is left there.
  if (pages.state.location.pathname !== '/') return;
  void pages.navigate({ to: '/c/$conversation', params: { conversation }, search: true });
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={services.queries}>
        <ServicesProvider services={services}>
          <RouterProvider router={pages} />
        </ServicesProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
