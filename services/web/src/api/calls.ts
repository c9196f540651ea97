// Every call that the pages make, by name. Components use these through react-query, never `fetch`.
import { sha256 } from '../text/digest';
import type { Credentials, NewPassword, Session } from '../session/types';
import { client, request, take } from './client';
import type {
  About, Answer, Conversation, ConversationHead, ConversationPage, Corpus, Differential, DocumentRef, FeedbackReceipt, FeedbackReport,
  HeldDocument, PlainAnswer,
} from './types';

const signalOf = (signal?: AbortSignal) => (signal ? { signal } : {});
const named = (id: string) => ({ path: { id } });

export const getAnswer = (id: string, signal?: AbortSignal): Promise<Answer> =>
  take(client.GET('/v1/answers/{id}', { params: named(id), ...signalOf(signal) }));

export const getPlain = (id: string, signal?: AbortSignal): Promise<PlainAnswer> =>
  take(client.GET('/v1/answers/{id}/plain', { params: named(id), ...signalOf(signal) }));

export const getDifferential = (id: string, signal?: AbortSignal): Promise<Differential> =>
  take(client.GET('/v1/answers/{id}/differential', { params: named(id), ...signalOf(signal) }));

export const getDocument = async (id: string, version: number | null, signal?: AbortSignal): Promise<HeldDocument> => {
  const query = version === null ? {} : { version: String(version) };
  const params = { ...named(id), query };
  const document = await take(client.GET('/v1/documents/{id}', { params, ...signalOf(signal) }));
  return { ...document, digest: await sha256(document.text) };
};

/** How the version stands now that a quote is from, without its text. */
export const getStanding = async (
  { passage, start, end }: { passage: string; start: number; end: number },
  signal?: AbortSignal,
): Promise<DocumentRef> => {
  const params = { ...named(passage), query: { start: String(start), end: String(end) } };
  return (await take(client.GET('/v1/passages/{id}', { params, ...signalOf(signal) }))).document;
};

export const getCorpora = async (signal?: AbortSignal): Promise<Corpus[]> =>
  (await take(client.GET('/v1/corpora', signalOf(signal)))).corpora;

export const getAbout = (signal?: AbortSignal): Promise<About> => take(client.GET('/v1/about', signalOf(signal)));

export const createConversation = (): Promise<ConversationHead> => take(client.POST('/v1/conversations'));

export const listConversations = (
  before: ConversationPage['next'],
  limit: number,
  signal?: AbortSignal,
): Promise<ConversationPage> => {
  const query = { limit, ...(before == null ? {} : { before }) };
  return take(client.GET('/v1/conversations', { params: { query }, ...signalOf(signal) }));
};

export const getConversation = (id: string, signal?: AbortSignal): Promise<Conversation> =>
  take(client.GET('/v1/conversations/{id}', { params: named(id), ...signalOf(signal) }));

export const renameConversation = (id: string, title: string): Promise<ConversationHead> =>
  take(client.PATCH('/v1/conversations/{id}', { params: named(id), body: { title } }));

export const deleteConversation = async (id: string): Promise<void> => {
  await take(client.DELETE('/v1/conversations/{id}', { params: named(id) }));
};

export const sendFeedback = (id: string, report: FeedbackReport): Promise<FeedbackReceipt> =>
  take(client.POST('/v1/answers/{id}/feedback', { params: named(id), body: report }));

export const getSession = (signal?: AbortSignal): Promise<Session> =>
  take(client.GET('/v1/session', signalOf(signal)));

export const signIn = (credentials: Credentials): Promise<Session> =>
  take(client.POST('/v1/session', { body: credentials }));

export const signOut = async (): Promise<void> => {
  await take(client.DELETE('/v1/session'));
};

export const changePassword = async (passwords: NewPassword): Promise<void> => {
  await take(client.POST('/v1/session/password', { body: passwords }));
};

/** Where the identity provider signs somebody in and sends them back to `to`; followed as a link. */
export const providerAddress = (to: string): string => `/v1/session/provider?${new URLSearchParams({ to })}`;

/** Whether the server is there and can answer. */
export const isReady = async (signal?: AbortSignal): Promise<boolean> => {
  await request('GET', '/readyz', { accept: 'text/plain', ...signalOf(signal) });
  return true;
};
