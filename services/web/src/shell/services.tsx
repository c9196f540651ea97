// What lives as long as the page does: the questions in work, the reach of the server, what was set for the next question.
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useState, useSyncExternalStore } from 'react';
import { ask } from '../api/ask';
import { createConversation, isReady } from '../api/calls';
import { answerQuery, keys, mayRetry } from '../api/keys';
import { Lost } from '../api/problem';
import type { Filters } from '../api/types';
import { type Asked, Desk } from '../conversation/desk';
import type { PatientContext } from '../patient/patient';
import { Reachability } from './reach';

export interface Services {
  queries: QueryClient;
  desk: Desk;
  reach: Reachability;
}

/** Puts them together; `onConversation` is told when the first question of a new conversation has got its id. */
export function createServices(onConversation: (id: string) => void): Services {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof Lost) reach.lose();
      },
    }),
    defaultOptions: {
      // The browser's idea of being online says nothing about a server in the house.
      queries: { retry: mayRetry, refetchOnWindowFocus: false, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });
  const reach = new Reachability(isReady, () => {
    void queries.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });
  });
  const desk = new Desk({
    ask,
    createConversation,
    onConversation,
    onAnswer: (room, answer) => {
      queries.setQueryData(answerQuery(answer.id).queryKey, answer);
      void queries.invalidateQueries({ queryKey: keys.conversations });
      void queries.invalidateQueries({ queryKey: keys.conversation(room), refetchType: 'none' });
      reach.settle();
    },
    onLost: reach.lose,
    now: () => Date.now(),
  });
  return { queries, desk, reach };
}

/** What is set for the next question. It stays in memory: gone on reload, and never in the address. */
export interface Bench {
  filters: Filters;
  setFilters: (filters: Filters) => void;
  patient: PatientContext | null;
  setPatient: (patient: PatientContext | null) => void;
}

const ServicesContext = createContext<Services | null>(null);
const BenchContext = createContext<Bench | null>(null);

export const everything: Filters = { corpora: [], kinds: [] };

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  const [filters, setFilters] = useState(everything);
  const [patient, setPatient] = useState<PatientContext | null>(null);
  return (
    <ServicesContext value={services}>
      <BenchContext value={{ filters, setFilters, patient, setPatient }}>{children}</BenchContext>
    </ServicesContext>
  );
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
