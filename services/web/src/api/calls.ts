// Every call that the pages make, by name. Components use these through react-query, never `fetch`.
import { sha256 } from '../text/digest';
import { client, request, take } from './client';
import type {
  About, Answer, Conversation, ConversationHead, ConversationPage, Corpus, Differential, FeedbackReceipt, FeedbackReport,
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

/** Whether the server is there and can answer. */
export const isReady = async (signal?: AbortSignal): Promise<boolean> => {
  await request('GET', '/readyz', { accept: 'text/plain', ...signalOf(signal) });
  return true;
};
