// Package simulation is a deterministic simulation of the whole system with the stores in memory, one goroutine at a
// time: clients, the users table's stream, topic, queue, dead-letter queue and the functions that consume them. At every
// call of a port, a seed selects which process continues, which calls fail or lose their response, which messages are
// lost, duplicated, delayed or reordered, and which processes are killed. Every read, and the final state, is compared
// with the expected state.
//
//	go test ./functions/simulation -schedules 100000
//
// A failure prints its seed; -seed replays it with a trace. -mutants builds the code without each of its protections,
// and checks that the simulation fails.
package simulation
