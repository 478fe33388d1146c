import type { EdgeAnswer, ExportRequest, Impact } from "./types";

/** An answer that is not what was asked for, said in a sentence a person can act on. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What else depends on a service and what it depends on, transitively. */
export async function fetchImpact(id: string, signal: AbortSignal): Promise<Impact> {
  return getJson(`api/services/${encodeURIComponent(id)}/impact`, signal);
}

/** Why an edge is there. */
export async function fetchEdge(id: string, signal: AbortSignal): Promise<EdgeAnswer> {
  return getJson(`api/edges/${encodeURIComponent(id)}`, signal);
}

/** The part of the graph that is shown, as the operator writes it. */
export async function fetchExport(request: ExportRequest): Promise<Blob> {
  const response = await fetch("api/dependency-graph/export", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!response.ok) throw await errorOf(response);
  return response.blob();
}

async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw await errorOf(response);
  return response.json();
}

/** The ProblemDetails title and detail when there is one, else the status. */
export async function errorOf(response: Response): Promise<ApiError> {
  const fallback = `HTTP ${response.status}${response.statusText ? ` ${response.statusText}` : ""}`;
  try {
    const problem = await response.json();
    const words = [problem.title, problem.detail].filter((text) => typeof text === "string").join(": ");
    return new ApiError(response.status, words ? `${fallback}: ${words}` : fallback);
  } catch {
    return new ApiError(response.status, fallback);
  }
}
