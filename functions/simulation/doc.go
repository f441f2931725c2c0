// Package simulation plays the whole system over the memory adapters in one goroutine at a time: clients, the
// users table's stream, topic, queue, dead-letter queue and the functions behind them. A seed decides who goes
// on at every call of a port, what gets lost, comes twice, late or in another order, and who is killed. After
// every reading, and in the end, it is held against what was true.
//
//	go test ./functions/simulation -schedules 100000
//
// A failure names its seed; -seed replays it, and prints what happened. With -mutants, the code is built once
// for each of its protections without it, and the simulation has to find out.
package simulation
