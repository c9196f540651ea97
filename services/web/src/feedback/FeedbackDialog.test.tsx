// Feedback is sent once, as the server takes it; what failed to be sent is kept.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { feedback as say } from '../strings/feedback';
import { FeedbackDialog } from './FeedbackDialog';
import { begun, MAX_COMMENT, reportOf } from './report';

const problem = {
  ...{ type: 'urn:osler:problem:busy', title: 'Service Unavailable', status: 503, code: 'busy' },
  ...{ detail: 'too much at once; try again', request_id: 'r-42' },
};

function serve(...replies: [status: number, body: unknown][]) {
  const sent: unknown[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (address, init) => {
    const request = new Request(address, init);
    sent.push([new URL(request.url).pathname, await request.json()]);
    const [status, body] = replies.shift() ?? [500, null];
    return new Response(JSON.stringify(body), { status });
  });
  return sent;
}

function open(kind: 'feedback' | 'safety', answerId: string) {
  const changes = vi.fn();
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={new QueryClient()}>
      <FeedbackDialog answerId={answerId} statement={2} kind={kind} isOpen onOpenChange={changes} />
    </QueryClientProvider>,
  );
  return { user, changes, ...view };
}

describe('FeedbackDialog', () => {
  it('asks for all that a safety report needs, then sends it and shows its number', async () => {
    const sent = serve([201, { id: 'report-7', received_at: '2026-11-22T22:00:00Z' }]);
    const { user } = open('safety', 'a-1');
    expect(screen.getByText(say.noPatient)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: say.send.safety }));
    for (const error of [say.errors.category, say.errors.severity, say.errors.comment])
      expect(screen.getByText(error)).toBeTruthy();
    expect(sent).toEqual([]);

    await user.click(screen.getByRole('radio', { name: say.categories.wrong_dose }));
    await user.click(screen.getByRole('radio', { name: new RegExp(say.severities.near_miss.label) }));
    await user.type(screen.getByRole('textbox'), ' Ten times too much. ');
    await user.click(screen.getByRole('button', { name: say.send.safety }));
    await waitFor(() => expect(screen.getByText('report-7')).toBeTruthy());
    const report = {
      statement: 2,
      kind: 'safety',
      category: 'wrong_dose',
      severity: 'near_miss',
      comment: 'Ten times too much.',
    };
    expect(sent).toEqual([['/v1/answers/a-1/feedback', report]]);
  });

  it('keeps what was written when sending fails and when the dialog is closed', async () => {
    serve([503, problem]);
    const { user, unmount } = open('feedback', 'a-2');
    await user.click(screen.getByRole('radio', { name: say.kinds.disagree }));
    await user.type(screen.getByRole('textbox'), 'Not in pregnancy.');
    await user.click(screen.getByRole('button', { name: say.send.feedback }));
    await waitFor(() => expect(screen.getByText('r-42')).toBeTruthy());
    expect(screen.getByText(say.failed)).toBeTruthy();
    expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('Not in pregnancy.');

    unmount();
    open('feedback', 'a-2');
    expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toBe('Not in pregnancy.');
    expect(screen.getByRole<HTMLInputElement>('radio', { name: say.kinds.disagree }).checked).toBe(true);
  });
});

describe('reportOf', () => {
  it('says nothing beyond what was chosen', () => {
    const helpful = { ...begun('feedback'), kind: 'helpful', category: 'other', comment: ' ' } as const;
    expect(reportOf(helpful, null)).toEqual({
      report: { statement: null, kind: 'helpful', category: null, severity: null, comment: null },
    });
    expect(reportOf(begun('feedback'), null)).toEqual({ errors: { kind: say.errors.kind } });
  });

  it('counts characters as the server does', () => {
    const draft = { ...begun('feedback'), kind: 'helpful', comment: '😀'.repeat(MAX_COMMENT) } as const;
    expect(reportOf(draft, null)).toHaveProperty('report');
    expect(reportOf({ ...draft, comment: `${draft.comment}!` }, null)).toHaveProperty('errors');
  });
});
