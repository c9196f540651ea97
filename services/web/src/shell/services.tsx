// What lives as long as the page does: the questions in work, the reach of the server, what was set for the next question.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useState, useSyncExternalStore } from 'react';
import { ask } from '../api/ask';
import { createConversation, isReady } from '../api/calls';
import { answerQuery, keys, mayRetry, sessionQuery } from '../api/keys';
import { Lost, Refused } from '../api/problem';
import type { Filters } from '../api/types';
import type { AsOf } from '../ask/filters';
import { type Asked, Desk, NEW } from '../conversation/desk';
import { Drafts } from '../conversation/drafts';
import { drafts as feedback } from '../feedback/report';
import type { PatientContext } from '../patient/patient';
import { Keeper } from '../session/keeper';
import { mayAsk } from '../session/useSession';
import { Reachability } from './reach';

export interface Services {
  queries: QueryClient;
  desk: Desk;
  drafts: Drafts;
  keeper: Keeper;
  reach: Reachability;
}

type Named = { queryKey: readonly unknown[] };
const isSession = ({ queryKey }: Named) => queryKey[0] === keys.session[0];
const isOther = (query: Named) => !isSession(query);

/** Puts them together; `onConversation` is told when the first question of a new conversation has got its id. */
export function createServices(onConversation: (id: string) => void): Services {
  const onRefused = async (error: unknown): Promise<void> => {
    if (!(error instanceof Refused)) return;
    if (error.needsSignIn) keeper.end();
    // Roles may have changed, too. Whether it is so, the server says.
    if (error.needsSignIn || error.isNotAllowed) await queries.invalidateQueries({ queryKey: keys.session });
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (error instanceof Lost) reach.lose();
        if (isOther(query)) void onRefused(error);
      },
    }),
    mutationCache: new MutationCache({ onError: (error) => void onRefused(error) }),
    defaultOptions: {
      // The browser's idea of being online says nothing about a server in the house.
      queries: { retry: mayRetry, refetchOnWindowFocus: false, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });
  const reach = new Reachability(isReady, () => {
    void queries.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });
  });
  const drafts = new Drafts();
  const desk = new Desk({
    ask,
    createConversation,
    onConversation: (id) => {
      drafts.move(NEW, id);
      onConversation(id);
    },
    onAnswer: (room, answer) => {
      queries.setQueryData(answerQuery(answer.id).queryKey, answer);
      void queries.invalidateQueries({ queryKey: keys.conversations });
      void queries.invalidateQueries({ queryKey: keys.conversation(room), refetchType: 'none' });
      reach.settle();
    },
    onLost: reach.lose,
    onRefused: (error, room, { key, question }) =>
      void onRefused(error).then(() => {
        if (!error.needsSignIn || queries.getQueryData(sessionQuery.queryKey)?.how !== 'none') return;
        // The way to sign in may lead away from these pages; what is in the field is kept over that.
        desk.dismiss(key);
        drafts.giveBack(room, question);
      }),
    now: () => Date.now(),
  });
  const keeper = new Keeper({
    hold: (owner) => drafts.hold(owner),
    release: (owner) => drafts.release(owner),
    forget: () => {
      desk.forget();
      drafts.clear();
      feedback.clear();
      queries.removeQueries({ predicate: isOther });
    },
    drop: () => drafts.drop(),
    reread: () => {
      // The list is still on the page when somebody signs in who has none.
      if (!mayAsk(queries.getQueryData(sessionQuery.queryKey) ?? null)) queries.removeQueries({ queryKey: keys.conversations });
      void queries.resetQueries({ predicate: isOther });
    },
  });
  // Told before any component sees it, so that nobody sees what was another's.
  queries.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || !isSession(event.query as Named)) return;
    keeper.see(queries.getQueryData(sessionQuery.queryKey) ?? null);
  });
  return { queries, desk, drafts, keeper, reach };
}

/** What is set for the next question. It stays in memory: gone on reload, and never in the address. */
export interface Bench {
  filters: Filters;
  setFilters: (filters: Filters) => void;
  /** Null for the library as it stands now. */
  asOf: AsOf | null;
  setAsOf: (asOf: AsOf | null) => void;
  patient: PatientContext | null;
  setPatient: (patient: PatientContext | null) => void;
}

const ServicesContext = createContext<Services | null>(null);
const BenchContext = createContext<Bench | null>(null);

export const everything: Filters = {};

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  const { visit } = useSyncExternalStore(services.keeper.subscribe, services.keeper.current);
  return (
    <ServicesContext value={services}>
      {/* Everything below is made anew for another person: dialogs, the patient, what was chosen. */}
      <BenchProvider key={visit}>{children}</BenchProvider>
    </ServicesContext>
  );
}

function BenchProvider({ children }: { children: ReactNode }) {
  const [filters, setFilters] = useState(everything);
  const [asOf, setAsOf] = useState<AsOf | null>(null);
  const [patient, setPatient] = useState<PatientContext | null>(null);
  return <BenchContext value={{ filters, setFilters, asOf, setAsOf, patient, setPatient }}>{children}</BenchContext>;
}

export function useServices(): Services {
  const services = use(ServicesContext);
  if (!services) throw new Error('no services above this component');
  return services;
}

export function useBench(): Bench {
  const bench = use(BenchContext);
  if (!bench) throw new Error('no bench above this component');
  return bench;
}

/** What was asked in a room since the page was loaded. */
export function useAsked(room: string): readonly Asked[] {
  const { desk } = useServices();
  return useSyncExternalStore(desk.subscribe, () => desk.asked(room));
}

/** What stands in the field of a room. */
export function useDraft(room: string): [string, (text: string) => void] {
  const { drafts } = useServices();
  return [useSyncExternalStore(drafts.subscribe, () => drafts.of(room)), (text) => drafts.write(room, text)];
}
