// The list of conversations: by day, page by page, renamed, deleted, and honest when something fails.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { ConversationHead, ConversationPage } from '../api/types';
import { history as say } from '../strings/history';
import { HistoryRail } from './HistoryRail';

const HOUR = 3_600_000;

const head = (id: string, hoursAgo: number, more: Partial<ConversationHead> = {}): ConversationHead => {
  const at = new Date(Date.now() - hoursAgo * HOUR).toISOString();
  return { id, title: `About ${id}`, created_at: at, updated_at: at, turns: 1, ...more };
};

type Reply = { status: number; body: unknown };
type Routes = Record<string, (body: unknown) => Reply>;

const page = (conversations: ConversationHead[], next: number | null = null): Reply => ({
  status: 200,
  body: { conversations, next } satisfies ConversationPage,
});

const LIST = 'GET /v1/conversations?limit=50';

function open(routes: Routes, current: string | null = null) {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (address, init) => {
    const request = new Request(address, init);
    const { pathname, search } = new URL(request.url);
    const sent: unknown = request.body === null ? null : await request.json();
    const { status, body } = routes[`${request.method} ${pathname}${search}`]?.(sent) ?? { status: 404, body: null };
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
  const root = createRootRoute({ component: () => <HistoryRail current={current} /> });
  const children = ['/', '/c/$conversation'].map((path) => createRoute({ getParentRoute: () => root, path }));
  const router = createRouter({
    routeTree: root.addChildren(children),
    history: createMemoryHistory({ initialEntries: [current === null ? '/' : `/c/${current}`] }),
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      {/* The pages' own router is another type; the rail needs its addresses alone. */}
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), router };
}

async function choose(user: ReturnType<typeof userEvent.setup>, title: string, item: string) {
  await user.click(await screen.findByRole('button', { name: say.options(title) }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

describe('HistoryRail', () => {
  it('lists conversations by day, marks the current one, and leaves out those without a question', async () => {
    const conversations = [
      head('b', 0),
      head('never', 0, { turns: 0, title: null }),
      head('a', 24 * 40, { title: null }),
    ];
    open({ [LIST]: () => page(conversations) }, 'b');
    const today = await screen.findByRole('region', { name: say.groups.today });
    const link = within(today).getByRole('link', { name: 'About b' });
    expect(link.getAttribute('aria-current')).toBe('page');
    expect(link.getAttribute('href')).toBe('/c/b');
    const earlier = screen.getByRole('region', { name: say.groups.earlier });
    expect(within(earlier).getByRole('link', { name: say.untitled })).toBeTruthy();
    expect(screen.getAllByRole('link')).toHaveLength(2);
  });

  it('reads the next page when asked', async () => {
    const { user } = open({
      [LIST]: () => page([head('b', 0)], 7),
      [`${LIST}&before=7`]: () => page([head('a', 1)]),
    });
    await user.click(await screen.findByRole('button', { name: say.more }));
    expect(await screen.findByRole('link', { name: 'About a' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: say.more })).toBeNull();
  });

  it('renames', async () => {
    const sent: unknown[] = [];
    let title = 'About a';
    const { user } = open({
      [LIST]: () => page([head('a', 0, { title })]),
      'PATCH /v1/conversations/a': (body) => {
        sent.push(body);
        title = 'Gout';
        return { status: 200, body: head('a', 0, { title }) };
      },
    });
    await choose(user, 'About a', say.rename);
    const field = screen.getByRole('textbox', { name: say.name });
    await user.clear(field);
    await user.keyboard('{Enter}');
    expect(screen.getByText(say.nameEmpty)).toBeTruthy();
    await user.type(field, ' Gout {Enter}');
    expect(await screen.findByRole('link', { name: 'Gout' })).toBeTruthy();
    expect(sent).toEqual([{ title: 'Gout' }]);
  });

  it('says what deleting does, deletes, and leaves the deleted conversation', async () => {
    const { user, router } = open(
      {
        [LIST]: () => page([head('a', 0), head('b', 0)]),
        'DELETE /v1/conversations/a': () => ({ status: 204, body: null }),
      },
      'a',
    );
    await choose(user, 'About a', say.remove);
    const dialog = screen.getByRole('alertdialog');
    expect(within(dialog).getByText(say.removeRecord)).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: say.removeConfirm }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'About a' })).toBeNull());
    expect(screen.getByRole('link', { name: 'About b' })).toBeTruthy();
    expect(screen.getByText(say.removed('About a'))).toBeTruthy();
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  });

  it('shows why policy keeps a conversation', async () => {
    const detail = 'conversations are kept here';
    const problem = { type: 'x', title: 'Forbidden', status: 403, code: 'kept_by_policy', detail, request_id: 'r-1' };
    const { user } = open({
      [LIST]: () => page([head('a', 0)]),
      'DELETE /v1/conversations/a': () => ({ status: 403, body: problem }),
    });
    await choose(user, 'About a', say.remove);
    await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: say.removeConfirm }));
    expect(await screen.findByText(/^conversations are kept here/i)).toBeTruthy();
    expect(screen.getByText('r-1')).toBeTruthy();
  });

  it('says so where there is nothing, no list, or no answer', async () => {
    open({ [LIST]: () => page([]) });
    expect(await screen.findByText(say.empty)).toBeTruthy();
    vi.restoreAllMocks();
    open({});
    expect(await screen.findByText(say.unavailable)).toBeTruthy();
    vi.restoreAllMocks();
    open({ [LIST]: () => ({ status: 500, body: { code: 'internal', detail: 'it broke', request_id: 'r-2' } }) });
    expect(await screen.findByText('r-2')).toBeTruthy();
    expect(screen.getByRole('button', { name: say.retry })).toBeTruthy();
  });
});
