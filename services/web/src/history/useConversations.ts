// The list of conversations, page by page, and what can be done to one of them.
import { useInfiniteQuery, useMutation, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { deleteConversation, listConversations, renameConversation } from '../api/calls';
import { keys } from '../api/keys';
import type { ConversationPage } from '../api/types';
import { useSession } from '../session/useSession';

const PAGE = 50;

export function useConversations() {
  const { standing, mayAsk } = useSession();
  return useInfiniteQuery({
    queryKey: keys.conversations,
    queryFn: ({ pageParam, signal }) => listConversations(pageParam, PAGE, signal),
    // Whoever does not ask has none, and the server says so to every try.
    enabled: standing === 'open' && mayAsk,
    initialPageParam: null as ConversationPage['next'],
    getNextPageParam: (page) => page.next,
  });
}

export function useRename() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) => renameConversation(id, title),
    onSuccess: (_, { id }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.conversations }),
        client.invalidateQueries({ queryKey: keys.conversation(id) }),
      ]),
  });
}

export function useRemove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deleteConversation,
    onSuccess: (_, id) => {
      // Gone at once; reading the list again would leave the row there for a moment.
      client.setQueryData<InfiniteData<ConversationPage, ConversationPage['next']>>(
        keys.conversations,
        (data) => data && { ...data, pages: data.pages.map((page) => without(page, id)) },
      );
      client.removeQueries({ queryKey: keys.conversation(id) });
    },
  });
}

function without(page: ConversationPage, id: string): ConversationPage {
  return { ...page, conversations: page.conversations.filter((one) => one.id !== id) };
}
