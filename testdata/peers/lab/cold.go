package lab

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// ColdStart says what a new process of a function goes through.
type ColdStart struct {
	Event    []byte
	Memory   int // MB, which the processor time from the first event on follows from
	Next     int // how many events follow the first
	Throttle *Throttle
	// Disconnect closes the connections to the function, which then gets one more event; nil: there is none.
	Disconnect func()
}

// ColdUsage is what a new process takes.
type ColdUsage struct {
	Start     Span   // from the start of the process until it asks for its first event
	First     Span   // the wall from the event to its response; the CPU until it asks for the next event
	Next      []Span // the same of those that follow
	Reconnect Span   // the same after Disconnect
	Response  []byte // to the last event
}

// pause is how long a function has nothing to do between two events: long enough for a whole quota.
const pause = 3 * window

// mark is a moment, and the CPU that the process had used by then.
type mark struct {
	at  time.Time
	cpu time.Duration
}

// marks are those of one process; each event has one of each kind.
type marks struct {
	ColdStart
	cmd                      *exec.Cmd
	asked, handed, responded []mark
}

// Cold starts a process of the function, has it answer events after a cold start, and ends it.
//
// As on Lambda, the process is frozen while it has no event, and connections are closed in the meantime. So it does not
// learn of that before it has the next event.
func (f Function) Cold(ctx context.Context, c ColdStart) (ColdUsage, error) {
	m, began, response, err := f.marks(ctx, c)
	if err != nil {
		return ColdUsage{}, err
	}
	usage := ColdUsage{Response: response, Start: Span{m.asked[0].at.Sub(began), m.asked[0].cpu}, First: m.span(0)}
	for n := range c.Next {
		usage.Next = append(usage.Next, m.span(1+n))
	}
	if c.Disconnect != nil {
		usage.Reconnect = m.span(1 + c.Next)
	}
	return usage, nil
}

func (f Function) marks(ctx context.Context, c ColdStart) (m *marks, began time.Time, response []byte, err error) {
	m = &marks{ColdStart: c, cmd: exec.CommandContext(ctx, f.Binary)}
	total := 1 + c.Next
	if c.Disconnect != nil {
		total++
	}
	api := newRuntimeAPI(c.Event, total)
	api.response = func() { m.responded = append(m.responded, mark{at: time.Now()}) }
	api.asked = func(n int) error { return m.ask(n, n == total) }
	response, err = f.serve(ctx, m.cmd, api)
	return m, api.began, response, err
}

// ask marks that the function asks for event n, and readies it for that.
func (m *marks) ask(n int, last bool) error {
	pid := m.cmd.Process.Pid
	if err := record(&m.asked, pid); err != nil || last {
		return err
	}
	if n == 0 {
		if err := m.Throttle.Limit(pid, m.Memory); err != nil {
			return err
		}
		return record(&m.handed, pid)
	}
	if err := m.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	if n > m.Next {
		m.Disconnect()
	}
	time.Sleep(pause)
	if err := record(&m.handed, pid); err != nil {
		return err
	}
	return m.cmd.Process.Signal(syscall.SIGCONT)
}

func record(to *[]mark, pid int) error {
	at := time.Now()
	cpu, err := CPU(pid)
	*to = append(*to, mark{at, cpu})
	return err
}

// span is that of event n.
func (m *marks) span(n int) Span {
	return Span{
		Wall: m.Throttle.Wall(Span{m.responded[n].at.Sub(m.handed[n].at), m.asked[n+1].cpu - m.handed[n].cpu}, m.Memory),
		CPU:  m.asked[n+1].cpu - m.handed[n].cpu,
	}
}
