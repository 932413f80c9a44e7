using System.Globalization;
using System.Text;
using Retort.Tensors;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>
/// What was asked, charged and answered, in one SQLite file (write-ahead log). A transaction that has returned outlives a kill of the
/// process. Attempts without an outcome at opening were under way when a process ended: they count at their worst case for ever, and
/// their questions are asked again under the same key.
/// </summary>
public sealed class AskingJournal : IReplyLedger, IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT, reply TEXT);
        CREATE TABLE IF NOT EXISTS attempts (number INTEGER PRIMARY KEY, key TEXT NOT NULL, outcome TEXT,
            reserved_input INTEGER NOT NULL, reserved_output INTEGER NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL,
            dollars TEXT NOT NULL);
        UPDATE attempts SET outcome = 'killed' WHERE outcome IS NULL;
        UPDATE items SET state = 'Pending' WHERE state = 'Sent';
        """;

    private const long Marker = 0x52744A31; // "RtJ1", so that a database of somebody else is not written to
    private readonly Lock _gate = new();
    private readonly JournalDatabase _database;

    private AskingJournal(JournalDatabase database) => _database = database;

    /// <param name="path">Made when missing. One process at a time: the caller holds the folder.</param>
    /// <exception cref="RetortException">It is no such journal, or cannot be written.</exception>
    public static AskingJournal Open(string path)
    {
        var database = JournalDatabase.Open(path);
        try
        {
            var marker = database.Number("PRAGMA application_id");
            if (marker != Marker && database.Number("SELECT count(*) FROM sqlite_master") > 0)
                throw new RetortException(path, "is a database of something else.", "a journal of retort ask, or no file.",
                    "choose another folder with --out.");
            database.Run($"PRAGMA application_id = {Marker}");
            database.Transact(() => database.Run(Schema));
            return new AskingJournal(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Enters questions that are new, and says how far each is.</summary>
    public IReadOnlyDictionary<string, ItemState> Register(IEnumerable<string> keys)
    {
        lock (_gate)
        {
            var states = new Dictionary<string, ItemState>(StringComparer.Ordinal);
            _database.Transact(() =>
            {
                foreach (var key in keys)
                {
                    _database.Run("INSERT OR IGNORE INTO items (key, state) VALUES ($a, 'Pending')", key);
                    states[key] = Enum.Parse<ItemState>(_database.Text("SELECT state FROM items WHERE key = $a", key)!);
                }
            });
            return states;
        }
    }

    public ItemRecord? Record(string key)
    {
        lock (_gate)
        {
            ItemRecord? record = null;
            _database.Rows("SELECT state, reason, reply FROM items WHERE key = $a",
                row => record = new ItemRecord(Enum.Parse<ItemState>(row.GetString(0)), row.IsDBNull(1) ? null : row.GetString(1),
                    row.IsDBNull(2) ? null : ChatReplyReader.Read(Encoding.UTF8.GetBytes(row.GetString(2)))), key);
            return record;
        }
    }

    public ChatReply? Find(string key) => Record(key)?.Reply;

    public long Begin(string key, Spend reserved)
    {
        lock (_gate)
            return _database.Transact(() =>
            {
                _database.Run("INSERT INTO items (key, state) VALUES ($a, 'Sent') ON CONFLICT (key) DO UPDATE SET state = 'Sent', reason = NULL", key);
                _database.Run("INSERT INTO attempts (key, reserved_input, reserved_output, input, output, dollars) VALUES ($a, $b, $c, $b, $c, $d)",
                    key, reserved.Input, reserved.Output, Exact(reserved.Dollars));
                return _database.Number("SELECT last_insert_rowid()");
            });
    }

    public void End(long attempt, Spend charged, string outcome, ChatReply? reply)
    {
        lock (_gate)
            _database.Transact(() =>
            {
                _database.Run("UPDATE attempts SET outcome = $b, input = $c, output = $d, dollars = $e WHERE number = $a",
                    attempt, outcome, charged.Input, charged.Output, Exact(charged.Dollars));
                var item = "key = (SELECT key FROM attempts WHERE number = $a) AND state = 'Sent'";
                if (reply is null) _database.Run($"UPDATE items SET state = 'Pending' WHERE {item}", attempt);
                else _database.Run($"UPDATE items SET state = 'Answered', reply = $b WHERE {item}", attempt, ChatReplyWriter.Write(reply));
            });
    }

    /// <summary>Accepted, or rejected or failed with a reason.</summary>
    public void Finish(string key, ItemState state, string? reason = null)
    {
        lock (_gate)
            _database.Transact(() => _database.Run("UPDATE items SET state = $b, reason = $c WHERE key = $a", key, $"{state}", reason));
    }

    /// <summary>Answers that are taken.</summary>
    public int Accepted
    {
        get
        {
            lock (_gate) return (int)_database.Number($"SELECT count(*) FROM items WHERE state = '{ItemState.Accepted}'");
        }
    }

    /// <summary>Milliseconds from a request to its answer, of every answer that is here and was measured.</summary>
    public IReadOnlyList<double> Latencies()
    {
        lock (_gate)
        {
            var all = new List<double>();
            _database.Rows($"SELECT json_extract(reply, '$.{ChatReplyWriter.TookField}') FROM items WHERE reply IS NOT NULL", row =>
            {
                if (!row.IsDBNull(0)) all.Add(row.GetDouble(0));
            });
            return all;
        }
    }

    /// <summary>Questions whose answer is here, whatever became of it.</summary>
    public int Answered
    {
        get
        {
            lock (_gate) return (int)_database.Number("SELECT count(*) FROM items WHERE reply IS NOT NULL");
        }
    }

    /// <summary>All that was ever sent from this folder, and of it what is counted at its worst case because nobody knows better.</summary>
    public (Spend All, Spend AtWorst) Spent()
    {
        lock (_gate)
        {
            var (all, worst) = (default(Spend), default(Spend));
            _database.Rows("SELECT input, output, dollars, input = reserved_input AND output = reserved_output FROM attempts", row =>
            {
                var spend = new Spend(1, row.GetInt64(0), row.GetInt64(1), decimal.Parse(row.GetString(2), CultureInfo.InvariantCulture));
                all += spend;
                if (row.GetInt64(3) != 0) worst += spend;
            });
            return (all, worst);
        }
    }

    public void Dispose()
    {
        lock (_gate) _database.Dispose();
    }

    private static string Exact(decimal dollars) => dollars.ToString(CultureInfo.InvariantCulture);
}
