using Microsoft.Data.Sqlite;
using Retort.Tensors;

namespace Retort.Asking;

/// <summary>One connection to one SQLite file; every trouble of it is one sentence. Not for several threads at once.</summary>
internal sealed class JournalDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private SqliteTransaction? _transaction;

    private JournalDatabase(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>With synchronous NORMAL a kill of the process loses nothing; a power cut may lose the last moments.</summary>
    public static JournalDatabase Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        var database = new JournalDatabase(connection, path);
        try
        {
            database.Guard(() =>
            {
                connection.Open();
                return 0;
            });
            database.Run("PRAGMA journal_mode = WAL");
            database.Run("PRAGMA synchronous = NORMAL");
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Transact(Action work) => Transact(() =>
    {
        work();
        return 0;
    });

    public T Transact<T>(Func<T> work) => Guard(() =>
    {
        using var transaction = _transaction = _connection.BeginTransaction();
        try
        {
            var result = work();
            transaction.Commit();
            return result;
        }
        finally
        {
            _transaction = null;
        }
    });

    /// <param name="statement">Its parameters are $a, $b, … in the order of the values.</param>
    /// <param name="values">Null is NULL.</param>
    public void Run(string statement, params object?[] values) => Guard(() =>
    {
        using var command = Command(statement, values);
        return command.ExecuteNonQuery();
    });

    public long Number(string statement, params object?[] values) => Guard(() =>
    {
        using var command = Command(statement, values);
        return (long)command.ExecuteScalar()!;
    });

    public string? Text(string statement, params object?[] values) => Guard(() =>
    {
        using var command = Command(statement, values);
        return command.ExecuteScalar() as string;
    });

    public void Rows(string statement, Action<SqliteDataReader> row, params object?[] values) => Guard(() =>
    {
        using var command = Command(statement, values);
        using var reader = command.ExecuteReader();
        while (reader.Read()) row(reader);
        return 0;
    });

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Command(string statement, object?[] values)
    {
        var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (statement, _transaction);
        for (var number = 0; number < values.Length; number++)
            command.Parameters.AddWithValue($"${(char)('a' + number)}", values[number] ?? DBNull.Value);
        return command;
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException error)
        {
            throw new RetortException(_path, $"the journal cannot be used: {error.Message}", "a journal of retort ask, on a disk with space.",
                "look at the disk and at who may write there; what was finished stays.", error);
        }
    }
}
