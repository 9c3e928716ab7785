/** What a worker says first. Before that its code is still being read, and what is said to it could be lost. */
export const READY = "ready";
